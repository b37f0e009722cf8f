import { wilsonInterval } from '../../shared/domain/base/statistics.ts';
import { percent } from '../../shared/domain/base/wording.ts';
import type { DemoResult, Measured } from './run-demo.ts';

/** The demo's result as a table: accuracy on fresh mail by slice, with 95 % Wilson intervals. */
export function demoTable(result: DemoResult): readonly string[] {
  return alignedTable([
    ['fresh mail', 'n', 'before', '95 % interval', 'after', '95 % interval', 'change'],
    ...result.slices.map(({ name, before, after }) => [
      name,
      String(before.of),
      percent(share(before)),
      interval(before),
      percent(share(after)),
      interval(after),
      points(share(after) - share(before)),
    ]),
  ]);
}

/** Rows in columns, the first one as heading; text at the left, all else at the right. */
export function alignedTable(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  );
  const [head = '', ...body] = lines;
  return [head, '─'.repeat(head.length), ...body];
}

/** Share of right answers, a fraction. */
export function share({ right, of }: Measured): number {
  return of === 0 ? 0 : right / of;
}

function interval({ right, of }: Measured): string {
  const { lower, upper } = wilsonInterval(right, of);
  return `${percent(lower)} – ${percent(upper)}`;
}

function points(difference: number): string {
  const value = (100 * difference).toFixed(1);
  return `${difference > 0 ? '+' : ''}${value} points`;
}
