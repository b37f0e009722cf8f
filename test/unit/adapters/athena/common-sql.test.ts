import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hasOutside, sqlLiteralOf, tokensOf, withParameters } from '../../../../shared/adapters/athena/common-sql.ts';

const nameOf = (work: () => unknown): string => {
  try {
    work();
    return 'nothing';
  } catch (error) {
    return error instanceof Error ? error.name : 'other';
  }
};

test('a statement of pieces that both parsers know is taken as it is', () => {
  const sql = `WITH c AS (SELECT "output", count(*) AS n FROM traces WHERE input <> 'it''s -- /* no comment' GROUP BY 1)
    SELECT max(n) / 2.5E-1, x[1] || 'ü' FROM c WHERE n >= ? AND n != $2`;
  expect(
    tokensOf(sql)
      .map(({ text }) => text)
      .join(''),
  ).toBe(sql);
});

test.each([
  // DuckDB nests comments, so that what follows is one for it and not for Trino.
  'SELECT 1 /* /* */ FROM secrets -- */',
  'SELECT 1 -- comment',
  'SELECT 1; SELECT 2',
  "SELECT E'\\''",
  "SELECT e'it' FROM traces",
  "SELECT U&'\\0041'",
  "SELECT x'41'",
  "SELECT $$it's$$",
  'SELECT `input` FROM traces',
  'SELECT "a""b" FROM traces',
  "SELECT 'a''",
  "SELECT 'a",
  'SELECT "input FROM traces',
  'SELECT {a: 1}',
  'SELECT a & 1 FROM traces',
  'SELECT 1\0',
  'SELECT input\u00a0FROM traces',
  'SELECT 1a',
])('%j is refused: the parsers take it for different things, or one does not take it', (sql) => {
  expect(nameOf(() => tokensOf(sql))).toBe('ForbiddenQuery');
});

test.each(["SELECT '1'::INTEGER", "SELECT metadata->>'$.a' FROM traces"])(
  '%j is told how it is written instead',
  (sql) => {
    expect(nameOf(() => tokensOf(sql))).toBe('InvalidInput');
  },
);

test('parameters stand in their places as literals', () => {
  const sql = 'SELECT ?, ? FROM traces WHERE input = ?';
  expect(withParameters(tokensOf(sql), [1, null, "it's"])).toBe("SELECT 1, NULL FROM traces WHERE input = 'it''s'");
  expect(withParameters(tokensOf('SELECT $2, $1, $2'), [-3, true])).toBe('SELECT true, (-3), true');
  expect(nameOf(() => withParameters(tokensOf('SELECT ?'), []))).toBe('InvalidInput');
  expect(nameOf(() => withParameters(tokensOf('SELECT 1'), [1]))).toBe('InvalidInput');
  expect(nameOf(() => withParameters(tokensOf('SELECT $3'), [1]))).toBe('InvalidInput');
});

test('a literal is one piece, or a sum of pieces in brackets, whatever text it holds', () => {
  expect(sqlLiteralOf('a\0b')).toBe("('a' || chr(0) || 'b')");
  expect(sqlLiteralOf(0.5)).toBe('5e-1');
  expect(sqlLiteralOf(1e21)).toBe('1e21');
  expect(nameOf(() => sqlLiteralOf(Number.NaN))).toBe('InvalidInput');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const pieces = tokensOf(sqlLiteralOf(text)).filter(({ kind }) => kind === 'text');
      const read = pieces.map((piece) => piece.text.slice(1, -1).replaceAll("''", "'")).join('\0');
      expect(read).toBe(text.toWellFormed());
    }),
  );
});

test('a word counts outside of brackets alone', () => {
  const limit = new Set(['limit']);
  expect(hasOutside(tokensOf('SELECT * FROM (SELECT 1 LIMIT 2) AS a'), limit)).toBe(false);
  expect(hasOutside(tokensOf('SELECT 1 Limit 2'), limit)).toBe(true);
  expect(hasOutside(tokensOf(`SELECT "limit", 'limit' FROM traces`), limit)).toBe(false);
});
