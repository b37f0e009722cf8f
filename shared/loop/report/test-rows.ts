import { plural } from '../../domain/base/wording.ts';
import type { RateRow } from './chart-rates.ts';

import { setTitle } from './plain-words.ts';
import type { BeforeAfter } from './report-data.ts';

/** The test sets with the names that people read, and how many examples each holds. */
export function testRows(rows: readonly BeforeAfter[]): readonly RateRow[] {
  return rows.map((row) => ({ ...row, name: setTitle(row.name), note: plural(row.after.of, 'held-out trace') }));
}
