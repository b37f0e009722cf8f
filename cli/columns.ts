import { printableLine } from './printable.ts';

/** Longest cell; what is longer is cut. */
const widest = 60;

/** Rows as lines of a table: cells on one line each, safe to print, in columns as wide as they need; the last is not cut. */
export function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const cells = rows.map((row) => row.map((cell, at) => printableLine(cell, at === row.length - 1 ? 2_000 : widest)));
  const widths = (cells[0] ?? []).map((_, at) => Math.max(...cells.map((row) => (row[at] ?? '').length)));
  return cells.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
