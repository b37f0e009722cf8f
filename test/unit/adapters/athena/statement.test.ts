import { expect, test } from 'vitest';
import { tokensOf } from '../../../../shared/adapters/athena/common-sql.ts';
import { athenaStatement, type Tables } from '../../../../shared/adapters/athena/statement.ts';

const whole = { name: 'm1-a', passedOver: [] };
const tables: Tables = { database: 'db', listing: { traces: [whole], judgements: [whole] }, chosen: null };
const statement = (sql: string, given: Tables = tables) => athenaStatement(tokensOf(sql), [], given, 50);

test('a statement stands behind the two tables, with a limit where it has none', () => {
  const sql = statement('SELECT input FROM traces');
  expect(sql).toMatch(/^WITH traces AS \(.+\), judgements AS \(.+\) +SELECT input FROM traces LIMIT 50$/);
  expect(sql).toContain(`FROM "db"."trace_files" WHERE listing IN ('m1-a')`);
  expect(sql).toContain(`FROM "db"."judgement_files" WHERE listing IN ('m1-a')`);
  expect(statement('SELECT 1 LIMIT 2')).toMatch(/SELECT 1 LIMIT 2$/);
  expect(statement('SELECT * FROM (SELECT 1 LIMIT 2) AS a')).toMatch(/AS a LIMIT 50$/);
});

test('its own common tables follow the two', () => {
  expect(statement('WITH c AS (SELECT 1 AS n) SELECT n FROM c')).toMatch(
    /^WITH traces AS .+\), {2}c AS \(SELECT 1 AS n\) SELECT n FROM c LIMIT 50$/,
  );
});

test('rows of batches that go on elsewhere are left out of the files that hold them', () => {
  const part = { name: 'm1-b', passedOver: ['b1', 'b2'] };
  const sql = statement('SELECT 1', { ...tables, listing: { ...tables.listing, traces: [whole, part] } });
  expect(sql).toContain(`WHERE listing IN ('m1-a') UNION ALL SELECT`);
  expect(sql).toContain(`WHERE listing = 'm1-b' AND batch_id NOT IN ('b1', 'b2')`);
});

test('chosen traces are all that either table holds', () => {
  const sql = statement('SELECT 1', { ...tables, chosen: 'c0' });
  expect(sql.match(/trace_id IN \(SELECT trace_id FROM "db"."chosen_traces" WHERE listing = 'c0'\)/g)).toHaveLength(2);
});

test.each([
  'FROM traces',
  'VALUES (1)',
  'TABLE traces',
  '(SELECT 1)',
  'WITH RECURSIVE c AS (SELECT 1) SELECT 1 FROM c',
])('%s is refused', (sql) => {
  expect(() => statement(sql)).toThrow(expect.objectContaining({ name: 'ForbiddenQuery' }));
});

test('what is longer than Athena takes is refused', () => {
  expect(() => athenaStatement(tokensOf('SELECT ?'), ['é'.repeat(140_000)], tables, 50)).toThrow('262144 bytes');
});
