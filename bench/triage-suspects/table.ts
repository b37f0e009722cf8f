import { paperStages } from '../adaptft/logs/make-stage.ts';
import type { Counts } from './measure.ts';

export interface Measured extends Counts {
  readonly scenario: string;
  readonly judge: string;
  readonly seed: number;
  readonly stage: number;
}

/** Markdown: all scenarios together by stage, each scenario at its last stages, and how well the probability fits. */
export function tables(results: readonly Measured[]): string[] {
  const all = results.map((each) => ({ ...each, scenario: 'all' }));
  return [
    ...table([...Map.groupBy(all, ({ judge, stage }) => `all | ${judge} | ${poisonOf(stage)}`)]),
    '',
    ...table([
      ...Map.groupBy(
        results.filter(({ stage }) => stage >= 2),
        ({ scenario, judge, stage }) => `${scenario} | ${judge} | ${poisonOf(stage)}`,
      ),
    ]),
    '',
    '| probability of a wrong label | records | mean probability | share wrong |',
    '| --- | --- | --- | --- |',
    ...binsOf(results).map(({ records, expected, wrong }, at) => {
      return `| ${at / 10}–${(at + 1) / 10} | ${records} | ${share(expected, records)} | ${share(wrong, records)} |`;
    }),
  ];
}

const columns: readonly (readonly [string, (of: readonly Measured[]) => string])[] = [
  ['wrong labels', (of) => String(total(of, ({ wrong }) => wrong))],
  [
    'removed, suspects and poisoned text',
    (of) =>
      share(
        total(of, (each) => each.wrongSuspect + each.wrongText),
        total(of, ({ wrong }) => wrong),
      ),
  ],
  [
    'recall of suspects',
    (of) =>
      share(
        total(of, (each) => each.wrongSuspect),
        total(of, (each) => each.wrong - each.wrongText),
      ),
  ],
  [
    'precision',
    (of) =>
      share(
        total(of, (each) => each.wrongSuspect),
        total(of, ({ suspects }) => suspects),
      ),
  ],
  [
    'good logs suspected',
    (of) =>
      share(
        total(of, (each) => each.goodSuspect),
        total(of, ({ good }) => good),
        1,
      ),
  ],
  ['AUC', (of) => mean(of.flatMap(({ auc }) => auc ?? []))],
  ['calibration error', (of) => calibrationError(binsOf(of)).toFixed(4)],
  [
    'right label named',
    (of) =>
      share(
        total(of, ({ named }) => named),
        total(of, ({ nameable }) => nameable),
      ),
  ],
];

function table(groups: readonly (readonly [string, readonly Measured[]])[]): string[] {
  const head = ['scenario', 'judge', 'poison', ...columns.map(([name]) => name)];
  return [
    `| ${head.join(' | ')} |`,
    `| ${head.map(() => '---').join(' | ')} |`,
    ...groups.map(([name, of]) => `| ${[name, ...columns.map(([, value]) => value(of))].join(' | ')} |`),
  ];
}

function poisonOf(stage: number): string {
  return `${100 * (paperStages[stage]?.strength.poison ?? 0)} %`;
}

function binsOf(results: readonly Measured[]): { records: number; expected: number; wrong: number }[] {
  return Array.from({ length: 10 }, (_, bin) => ({
    records: total(results, ({ bins }) => bins[bin]?.records ?? 0),
    expected: total(results, ({ bins }) => bins[bin]?.expected ?? 0),
    wrong: total(results, ({ bins }) => bins[bin]?.wrong ?? 0),
  }));
}

/** Expected calibration error (Naeini, Cooper and Hauskrecht 2015). */
function calibrationError(bins: ReturnType<typeof binsOf>): number {
  const records = bins.reduce((sum, bin) => sum + bin.records, 0);
  return bins.reduce((sum, { expected, wrong }) => sum + Math.abs(expected - wrong), 0) / Math.max(1, records);
}

function total(results: readonly Measured[], of: (each: Measured) => number): number {
  return results.reduce((sum, each) => sum + of(each), 0);
}

function share(part: number, whole: number, digits = 0): string {
  return whole === 0 ? '–' : `${((100 * part) / whole).toFixed(digits)} %`;
}

function mean(values: readonly number[]): string {
  return values.length === 0 ? '–' : (values.reduce((sum, value) => sum + value, 0) / values.length).toFixed(3);
}
