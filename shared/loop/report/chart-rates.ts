import { axisX, dot, gridX, ruleY, text as textMark } from '@observablehq/plot';
import { type ChartText, drawChart } from './chart.ts';
import { formatChange, formatPercent, formatShare, fractionOf } from './format.ts';
import { html, type Markup } from './markup.ts';
import type { BeforeAfter, Rate } from './report-data.ts';
import { visibleLine, visibleName } from './visible-text.ts';

/** Rows of a dot-and-interval chart: a name already fit for people, the rate before and after. */
export interface RateRow extends BeforeAfter {
  /** A second line under the name. */
  readonly note?: string;
}

/** What the signs of {@link rateChart} mean. */
export const rateLegend: Markup = html`<span class="key"><span class="key-before" aria-hidden="true">○</span> before: the champion the run began with</span>
  <span class="key"><span class="key-after" aria-hidden="true">●</span> after: the candidate decided on</span>
  <span class="key">lines: 95 % Wilson intervals</span>`;

/** Before and after by row as dots with their intervals, on one axis of percentages. */
export function rateChart(text: ChartText, rows: readonly RateRow[], width: number, narrow: boolean): Markup {
  const rowHeight = narrow ? 58 : 46;
  const labelWidth = narrow ? 10 : Math.round(width * 0.29);
  const changeWidth = narrow ? 18 : 176;
  const domain: [number, number] = [lowest(rows), 1];
  const marks = rows.flatMap((row, index) => rateMarks(row, index, narrow, domain[0]));
  return drawChart(text, {
    width,
    height: rows.length * rowHeight + 34,
    marginTop: 6,
    marginBottom: 28,
    marginLeft: labelWidth,
    marginRight: changeWidth,
    x: { domain, label: null },
    y: { domain: [-0.5, Math.max(rows.length, 1) - 0.5], reverse: true, axis: null },
    marks: [
      gridX({ stroke: 'var(--line)', strokeOpacity: 1, ticks: narrow ? 4 : 6 }),
      axisX({
        tickFormat: (value: number) => formatPercent(value, 0),
        ticks: narrow ? 4 : 6,
        tickSize: 0,
        fill: 'var(--muted)',
      }),
      ...marks,
    ],
  });
}

/** The rows of a rate chart as a sentence each, for its description. */
export function describeRates(rows: readonly RateRow[]): string {
  return rows
    .map((row) => `${visibleLine(row.name, 60)}: ${formatShare(row.before)} before, ${formatShare(row.after)} after.`)
    .join(' ');
}

/** Change from before to after in percentage points; null when either is unknown. */
export function changeOf(row: Omit<BeforeAfter, 'name'>): number | null {
  const before = fractionOf(row.before);
  const after = fractionOf(row.after);
  return before === null || after === null ? null : after - before;
}

function lowest(rows: readonly RateRow[]): number {
  const bounds = rows
    .flatMap((row) => [row.before, row.after])
    .filter((rate) => rate.of > 0)
    .map((rate) => rate.lower);
  return Math.max(0, Math.floor((Math.min(1, ...bounds) - 0.02) * 10) / 10);
}

function rateMarks(row: RateRow, index: number, narrow: boolean, left: number) {
  const base = narrow ? index + 0.16 : index;
  const change = changeOf(row);
  const name = visibleName(row.name, narrow ? 21 : 28);
  const colour =
    change === null || Math.abs(change) < 0.0005 ? 'var(--muted)' : change > 0 ? 'var(--good)' : 'var(--bad)';
  const valueLine = {
    frameAnchor: 'right',
    y: narrow ? index - 0.3 : index,
    textAnchor: 'end',
    fontVariant: 'tabular-nums',
  } as const;
  return [
    textMark([name], {
      x: left,
      y: narrow ? index - 0.3 : row.note === undefined ? index : index - 0.14,
      dx: narrow ? -8 : -14,
      textAnchor: narrow ? 'start' : 'end',
      fontWeight: 600,
      title: () => visibleLine(row.name, 400),
    }),
    ...(row.note === undefined || narrow
      ? []
      : [
          textMark([visibleLine(row.note, 32)], {
            x: left,
            y: index + 0.2,
            dx: -14,
            textAnchor: 'end',
            fill: 'var(--muted)',
            fontSize: 11,
          }),
        ]),
    ...rateDot(row.before, base - 0.13, 'before'),
    ...rateDot(row.after, base + 0.13, 'after'),
    textMark([formatStep(row)], { ...valueLine, dx: narrow ? -44 : 114, fill: 'var(--ink)' }),
    textMark([change === null ? '' : formatChange(row)], {
      ...valueLine,
      dx: narrow ? 14 : 170,
      fill: colour,
      fontWeight: 600,
    }),
  ];
}

function formatStep(row: RateRow): string {
  const after = formatShare(row.after);
  if (row.before.of === 0) return after;
  const before = formatShare(row.before);
  const unit = row.before.of === row.after.of ? / of .*$|\s?%$/ : /\s?%$/;
  return `${before.replace(unit, '')} → ${after}`;
}

function rateDot(rate: Rate, y: number, when: 'before' | 'after') {
  const x = fractionOf(rate);
  if (x === null) return [];
  const colour = `var(--${when})`;
  return [
    ruleY([0], {
      x1: rate.lower,
      x2: rate.upper,
      y,
      stroke: colour,
      strokeWidth: when === 'after' ? 2.5 : 1.5,
      strokeLinecap: 'round',
    }),
    dot([0], { x, y, r: 4.5, stroke: colour, strokeWidth: 1.75, fill: when === 'after' ? colour : 'var(--paper)' }),
  ];
}
