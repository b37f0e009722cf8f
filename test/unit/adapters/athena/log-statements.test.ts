import { expect, test } from 'vitest';
import {
  inputDigestsStatement,
  judgementsStatement,
  type LogTables,
  type PickedBy,
  tracesStatement,
} from '../../../../shared/adapters/athena/log-statements.ts';

const tables: LogTables = { database: 'db', view: { parts: ['m1-a', 'm1-b'], batches: 'all' } };
const whole: PickedBy = { limit: null, after: 0, humanJudgedAfter: null, chosen: null };

test('every statement reads the listed parts of the listed batches alone', () => {
  for (const sql of [
    inputDigestsStatement(tables, 'c0'),
    judgementsStatement(tables, 'c0'),
    tracesStatement(tables, { ...whole, humanJudgedAfter: 2, chosen: 'c0' }),
  ]) {
    const reads = sql.match(/"db"\."(trace|judgement)_files" AS file/g)?.length ?? 0;
    expect(reads).toBeGreaterThan(0);
    expect(sql.match(/batch\.batch_id = file\.batch_id AND batch\.part = file\.listing/g)).toHaveLength(reads);
    expect(sql.match(/file\.listing IN \('m1-a', 'm1-b'\) AND batch\.listing = 'all'/g)).toHaveLength(reads);
  }
});

test('ids stand in a list, and only where some are chosen', () => {
  const chosen = `file.trace_id IN (SELECT trace_id FROM "db"."chosen_traces" WHERE listing = 'c0')`;
  expect(inputDigestsStatement(tables, 'c0')).toContain(chosen);
  expect(judgementsStatement(tables, 'c0')).toContain(chosen);
  expect(tracesStatement(tables, { ...whole, chosen: 'c0' })).toContain(chosen);
  expect(tracesStatement(tables, whole)).not.toContain('chosen_traces');
});

test('texts of traces are read of those alone that are picked, and no more are sorted out than may be read', () => {
  const sql = tracesStatement(tables, { ...whole, limit: 7, after: 3 });
  const [, inner = ''] = sql.split(' JOIN (SELECT batch_id');
  expect(inner).not.toMatch(/"(input|output|steps|metadata)"/);
  expect(inner).toContain('AND arrived > 3');
  expect(inner).toMatch(/ORDER BY [^()]+ LIMIT 7\) AS newest/);
  expect(tracesStatement(tables, whole)).not.toContain('LIMIT');
});

test('a statement over the parts of a log with a stale part for each thousand of a million batches is short enough', () => {
  const parts = Array.from({ length: 1_000 }, (_, at) => `${'m'.repeat(30)}-${String(at).padStart(64, '0')}`);
  const sql = judgementsStatement({ database: 'db', view: { parts, batches: 'all' } }, 'c0');
  expect(Buffer.byteLength(sql)).toBeLessThan(262_144);
});
