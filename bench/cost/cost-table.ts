import { costOf, prices } from './prices.ts';
import type { Usage } from './usage.ts';

export interface CostLine {
  readonly item: string;
  readonly amount: number;
  readonly unit: string;
  /** US dollars. */
  readonly dollars: number;
}

/** What a usage costs, item by item; storage apart, since it is paid by the month. */
export function costLines(usage: Usage): readonly CostLine[] {
  return (Object.keys(prices) as (keyof Usage)[]).map((item) => ({
    item: prices[item].item,
    amount: usage[item],
    unit: prices[item].unit,
    dollars: costOf(item, usage[item]),
  }));
}

/** US dollars for all but storage. */
export function totalOf(usage: Usage): number {
  return (Object.keys(prices) as (keyof Usage)[])
    .filter((item) => item !== 'storedGigabytes')
    .reduce((sum, item) => sum + costOf(item, usage[item]), 0);
}

/** A table in Markdown, the total last. */
export function costTable(usage: Usage): readonly string[] {
  return [
    '| item | amount | unit | US$ |',
    '| --- | --- | --- | --- |',
    ...costLines(usage).map(
      ({ item, amount, unit, dollars }) => `| ${[item, amountText(amount), unit, dollars.toFixed(6)].join(' | ')} |`,
    ),
    `| **all but storage** | | | **${totalOf(usage).toFixed(6)}** |`,
  ];
}

function amountText(amount: number): string {
  if (Number.isInteger(amount)) return amount.toLocaleString('en-US');
  return amount < 1 ? amount.toFixed(4) : amount.toLocaleString('en-US', { maximumFractionDigits: 1 });
}
