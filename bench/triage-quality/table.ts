import type { Measured } from './measure-triage.ts';

const columns = [
  ['precision', ({ precision }) => precision],
  ['recall', ({ recall }) => recall],
  ['clean traces removed', ({ cleanRemoved }) => cleanRemoved],
  ['clean failures removed', ({ cleanFailuresRemoved }) => cleanFailuresRemoved],
] as const satisfies readonly (readonly [string, (measured: Measured) => number | null])[];

/** A Markdown table: a row a judge, the mean over the seeds and the range. */
export function table(results: readonly Measured[]): string[] {
  const head = ['judge', 'wrong', ...columns.map(([name]) => name)];
  const rows = [...Map.groupBy(results, ({ judge }) => judge)].map(([judge, measured]) => [
    judge,
    (measured.reduce((sum, { wrong }) => sum + wrong, 0) / measured.length).toFixed(0),
    ...columns.map(([, value]) => meanAndRange(measured.map(value).filter((each) => each !== null))),
  ]);
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}

function meanAndRange(values: readonly number[]): string {
  if (values.length === 0) return '–';
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return `${mean.toFixed(4)} (${Math.min(...values).toFixed(4)}–${Math.max(...values).toFixed(4)})`;
}
