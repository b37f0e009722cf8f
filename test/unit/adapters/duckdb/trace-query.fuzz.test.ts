import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DuckDbTraceQuery } from '../../../../shared/adapters/duckdb/duckdb-trace-query.ts';
import { MemoryObjectStore } from '../../../helpers/memory-object-store.ts';
import { anyText } from '../../intake/any-text.ts';

const secret = 'hunter2';
let folder: string;
let query: DuckDbTraceQuery;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ratchet-query-'));
  await writeFile(join(folder, 'secret.csv'), `${secret}\n${secret}\n`);
  query = new DuckDbTraceQuery({ objects: new MemoryObjectStore(), timeoutMs: 2_000 });
});
afterAll(async () => {
  await query.close();
  await rm(folder, { recursive: true, force: true });
});

/** SQL that reaches for files, the network, settings and other statements, put together at random. */
const reaching = (path: string) => {
  const source = fc.oneof(
    fc.constantFrom(
      'traces',
      'judgements',
      `'${path}'`,
      `"${path}"`,
      'duckdb_settings()',
      'information_schema.tables',
      "'https://example.invalid/x.csv'",
      "'s3://bucket/x.parquet'",
      '(VALUES (1))',
      'sqlite_master',
      'pragma_database_list',
    ),
    fc
      .tuple(
        fc.constantFrom(
          'read_csv',
          'read_text',
          'read_blob',
          'READ_JSON',
          'glob',
          'parquet_scan',
          'sniff_csv',
          'query',
          'query_table',
        ),
        fc.constantFrom(`'${path}'`, `['${path}']`, `'${path}' || ''`, `(SELECT '${path}')`, `'FROM ''${path}'''`),
      )
      .map(([reader, argument]) => `${reader}(${argument})`),
  );
  const value = fc.constantFrom(
    '*',
    '1',
    'count(*)',
    `getenv('HOME')`,
    `content`,
    `current_setting('temp_directory')`,
    `(SELECT content FROM read_text('${path}'))`,
    `(FROM '${path}')`,
    'COLUMNS(*)',
  );
  const select = fc.tuple(value, source).map(([what, from]) => `SELECT ${what} FROM ${from}`);
  return fc.oneof(
    select,
    fc.tuple(select, select).map(([a, b]) => `${a} UNION ALL ${b}`),
    fc.tuple(select, select).map(([a, b]) => `WITH traces AS (${a}) ${b}`),
    fc.tuple(select, select).map(([a, b]) => `${a}; ${b}`),
    fc.tuple(select, source).map(([a, from]) => `${a} WHERE EXISTS (FROM ${from})`),
    select.map((a) => `COPY (${a}) TO '${path}.out'`),
    select.map((a) => `CREATE TABLE t AS ${a}`),
    select.map((a) => `EXPLAIN ANALYZE ${a}`),
    select.map((a) => `/* x */ ${a} --`),
    fc.constantFrom(
      `ATTACH '${path}.db'`,
      `INSTALL httpfs`,
      `LOAD httpfs`,
      `SET enable_external_access = true`,
      `PRAGMA database_list`,
      `EXPORT DATABASE '${path}.dir'`,
      `CALL pragma_version()`,
      `CHECKPOINT`,
      `INSERT INTO traces SELECT * FROM '${path}'`,
      `PIVOT '${path}' ON column0`,
      `DESCRIBE '${path}'`,
    ),
    anyText,
  );
};

test('whatever is asked, the answer is rows or a refusal, and no file is read or written', async () => {
  const path = join(folder, 'secret.csv');
  const names = new Set<string>();
  await fc.assert(
    fc.asyncProperty(reaching(path), async (sql) => {
      const answer = await query.query('m1', sql).catch((error: unknown) => error);
      if (answer instanceof Error) names.add(answer.name);
      else {
        names.add('rows');
        expect(JSON.stringify(answer)).not.toContain(secret);
        expect(JSON.stringify(answer)).not.toContain(process.env.HOME ?? 'nobody');
      }
    }),
    { numRuns: 300 },
  );
  expect(await readdir(folder)).toEqual(['secret.csv']);
  expect([...names].sort()).toEqual(['ForbiddenQuery', 'InvalidInput', 'rows']);
});
