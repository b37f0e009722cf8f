import { expect, test } from 'vitest';
import { rowsOfPage } from '../../../../shared/adapters/athena/result-values.ts';

const page = (types: readonly string[], values: readonly (string | undefined)[]) => ({
  ResultSetMetadata: { ColumnInfo: types.map((Type, at) => ({ Name: `c${at}`, Type })) },
  Rows: [{ Data: values.map((VarCharValue) => (VarCharValue === undefined ? {} : { VarCharValue })) }],
});

test('values have the types that their columns say, whichever way Athena writes them', () => {
  const types = [
    'boolean',
    'bigint',
    'double',
    'double',
    'timestamp',
    'timestamp with time zone',
    'date',
    'varchar',
    'array',
  ];
  const values = [
    'true',
    '7',
    '1.5',
    'NaN',
    '2026-01-01 00:00:00',
    '2026-01-01 00:00:00.123 UTC',
    '2026-01-01',
    '7',
    '[1, 2]',
  ];
  expect(rowsOfPage(page(types, values), false)).toEqual([
    {
      c0: true,
      c1: 7,
      c2: 1.5,
      c3: null,
      c4: '2026-01-01T00:00:00.000Z',
      c5: '2026-01-01T00:00:00.123Z',
      c6: '2026-01-01',
      c7: '7',
      c8: '[1, 2]',
    },
  ]);
});

test('an empty text is one, and what is missing is null', () => {
  expect(rowsOfPage(page(['varchar', 'varchar', 'bigint'], ['', undefined, undefined]), false)).toEqual([
    { c0: '', c1: null, c2: null },
  ]);
});

test('the first page begins with the names of the columns', () => {
  expect(rowsOfPage(page(['varchar'], ['c0']), true)).toEqual([]);
});
