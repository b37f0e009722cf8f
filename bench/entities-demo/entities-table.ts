import { percent } from '../../shared/domain/base/wording.ts';
import { alignedTable } from '../spam-demo/demo-table.ts';
import type { EntitiesDemoResult, Measured } from './run-entities-demo.ts';

/** The demo's result as two tables: F1 by type, and texts with every entity right, with 95 % intervals. */
export function entitiesTable({ types, texts }: EntitiesDemoResult): readonly string[] {
  return [...table('F1 on fresh texts', types), '', ...table('every entity right', texts)];
}

function table(heading: string, rows: readonly Measured[]): readonly string[] {
  return alignedTable([
    [heading, 'n', 'before', '95 % interval', 'after', '95 % interval', 'change'],
    ...rows.map(({ name, of, before, after }) => [
      name,
      String(of),
      percent(before.value),
      `${percent(before.lower)} – ${percent(before.upper)}`,
      percent(after.value),
      `${percent(after.lower)} – ${percent(after.upper)}`,
      points(after.value - before.value),
    ]),
  ]);
}

function points(difference: number): string {
  return `${difference > 0 ? '+' : ''}${(100 * difference).toFixed(1)} points`;
}
