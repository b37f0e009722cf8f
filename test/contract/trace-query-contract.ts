import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TraceLog } from '../../shared/ports/trace-log.ts';
import type { TraceQuery } from '../../shared/ports/trace-query.ts';
import { labelOutput } from '../../shared/tasks/classification/label.ts';
import { rejection } from '../helpers/rejection.ts';
import { hostileTexts, sampleJudgement, sampleTrace } from '../helpers/trace-samples.ts';

export interface TraceQueryFixture {
  readonly log: TraceLog;
  readonly query: TraceQuery;
  dispose(): Promise<void>;
}

const forbidden = [
  'SELECT 1; SELECT 2',
  'SELECT 1; DROP TABLE traces',
  'SELECT 1;\0 DROP TABLE traces',
  '',
  '-- only a comment',
  "SET memory_limit = '10GB'",
  'RESET threads',
  'PRAGMA version',
  "PRAGMA table_info('traces')",
  'CALL pragma_version()',
  'INSTALL httpfs',
  'LOAD httpfs',
  "ATTACH '/tmp/other.db'",
  "COPY traces TO '/tmp/stolen.csv'",
  "COPY (SELECT 1) TO '/tmp/stolen.csv'",
  "EXPORT DATABASE '/tmp/stolen'",
  'CREATE TABLE mine AS SELECT 1',
  'CREATE MACRO f(x) AS x',
  "INSERT INTO traces (trace_id) VALUES ('x')",
  "UPDATE traces SET input = ''",
  'DELETE FROM judgements',
  'DROP TABLE traces',
  'ALTER TABLE traces RENAME TO mine',
  'PREPARE p AS SELECT 1',
  'EXECUTE p',
  'BEGIN',
  'CHECKPOINT',
  'VACUUM',
  'USE memory',
  'EXPLAIN SELECT 1',
  'DESCRIBE traces',
  'SHOW TABLES',
  'SUMMARIZE traces',
  "SELECT getenv('HOME')",
  "SELECT (SELECT max(getenv('HOME')) FROM traces)",
  "SELECT current_setting('temp_directory')",
  'SELECT * FROM duckdb_settings()',
  'SELECT * FROM duckdb_secrets()',
  'SELECT * FROM information_schema.tables',
  'SELECT * FROM pragma_database_list()',
  "SELECT * FROM enable_logging(storage = 'file', storage_path = '/tmp/log')",
  "SELECT * FROM query('SELECT 1')",
  "SELECT * FROM query_table('traces')",
  "SELECT * FROM json_execute_serialized_sql('{}')",
  'SELECT len(range(1000000000))',
  "SELECT repeat('x', 1000000000)",
];

/** What every read-only query over traces does. */
/** Ways to what is held out of a query. */
const sealedAttempts = [
  'SELECT * FROM main.traces',
  'SELECT * FROM memory.main.traces',
  'SELECT * FROM "main"."traces"',
  'FROM main.judgements',
  'SELECT (SELECT max(input) FROM main.traces)',
  'WITH main AS (SELECT 1) SELECT * FROM main.traces',
  'WITH t AS (SELECT * FROM memory.traces) SELECT * FROM t',
  'SELECT * FROM traces UNION ALL SELECT * FROM main.traces',
  'SELECT * FROM traces t JOIN main.traces u ON true',
  "SELECT * FROM query_table('main.traces')",
  "SELECT * FROM query('SELECT * FROM main.traces')",
  'SELECT * FROM duckdb_tables()',
  'DROP TABLE traces',
  'USE main; SELECT * FROM traces',
  "SET search_path = 'main'",
  'SELECT * FROM temp.main.traces, memory.main.judgements',
];

/**
 * @param dialect `common`: what only DuckDB knows is left out, and asked in the words that Trino shares with it where there are
 *   any
 */
export function traceQueryContract(
  name: string,
  create: () => Promise<TraceQueryFixture>,
  dialect: 'DuckDB' | 'common' = 'DuckDB',
): void {
  const inDuckDb = test.runIf(dialect === 'DuckDB');
  describe(`${name} as a trace query`, () => {
    let fixture: TraceQueryFixture;
    let log: TraceLog;
    let query: TraceQuery;
    beforeEach(async () => {
      fixture = await create();
      log = fixture.log;
      query = fixture.query;
    });
    afterEach(() => fixture.dispose());

    test('finds both tables empty where nothing was appended', async () => {
      expect(await query.query('m1', 'SELECT * FROM traces')).toEqual([]);
      expect(await query.query('m1', 'SELECT count(*) AS n FROM judgements')).toEqual([{ n: 0 }]);
    });

    test('shows traces and judgements under the names and types of the port', async () => {
      const trace = sampleTrace({
        timestamp: '2026-01-01T01:00:00+01:00',
        checkpointId: 'c1',
        confidence: 0.5,
        steps: [],
        metadata: { a: 1 },
      });
      await log.append('m1', 'b1', {
        traces: [trace, sampleTrace({ traceId: 't2', output: null })],
        judgements: [sampleJudgement()],
      });
      expect(await query.query('m1', 'SELECT * FROM traces ORDER BY trace_id')).toEqual([
        {
          trace_id: 't1',
          timestamp: '2026-01-01T00:00:00.000Z',
          checkpoint_id: 'c1',
          input: 'some text',
          output: 'spam',
          confidence: 0.5,
          steps: '[]',
          metadata: '{"a":1}',
        },
        {
          trace_id: 't2',
          timestamp: '2026-01-01T00:00:00.000Z',
          checkpoint_id: null,
          input: 'some text',
          output: null,
          confidence: null,
          steps: null,
          metadata: null,
        },
      ]);
      expect(await query.query('m1', 'SELECT * FROM judgements')).toEqual([
        {
          judgement_id: 'j1',
          trace_id: 't1',
          verdict: 'fail',
          expected: 'ham',
          judge_kind: 'human',
          judge_id: 'anna',
          reason: 'a newsletter',
          judged_at: '2026-01-02T00:00:00.000Z',
        },
      ]);
    });

    test('sees what was appended since the last query, of this model alone, each trace once', async () => {
      const count = async (modelId: string) => (await query.query(modelId, 'SELECT count(*) AS n FROM traces'))[0]?.n;
      await log.append('m1', 'b1', { traces: [sampleTrace()], judgements: [] });
      expect(await count('m1')).toBe(1);
      await log.append('m1', 'b2', {
        traces: [sampleTrace({ input: 'again' }), sampleTrace({ traceId: 't2' })],
        judgements: [],
      });
      expect(await count('m1')).toBe(2);
      expect(await count('m2')).toBe(0);
    });

    test('sees no judgement that was taken back, nor what takes it back', async () => {
      const back = sampleJudgement({ judgementId: 'r1', verdict: null, retracts: 'j1' });
      await log.append('m1', 'b1', {
        traces: [sampleTrace(), sampleTrace({ traceId: 't2' })],
        judgements: [sampleJudgement(), sampleJudgement({ judgementId: 'j1', traceId: 't2' })],
      });
      const seen = () => query.query('m1', 'SELECT trace_id, judgement_id FROM judgements ORDER BY 1');
      expect(await seen()).toHaveLength(2);
      await log.append('m1', 'b2', { traces: [], judgements: [back] });
      expect(await seen()).toEqual([{ trace_id: 't2', judgement_id: 'j1' }]);
    });

    test('given ids, sees these traces and their judgements and no others, however it is asked', async () => {
      const [shown, held] = [sampleTrace(), sampleTrace({ traceId: 'held', input: 'sealed words' })];
      const judgements = [
        sampleJudgement(),
        sampleJudgement({
          judgementId: 'j2',
          traceId: 'held',
          judge: { kind: 'human', id: 'anna', reason: 'sealed words' },
        }),
      ];
      await log.append('m1', 'b1', { traces: [shown, held], judgements });
      const traceIds = [shown.traceId];
      const ask = (sql: string) => query.query('m1', sql, [], { traceIds });
      expect(await ask('SELECT trace_id FROM traces')).toEqual([{ trace_id: shown.traceId }]);
      expect(await ask('SELECT trace_id FROM judgements')).toEqual([{ trace_id: shown.traceId }]);
      expect(await query.query('m1', 'SELECT count(*) AS n FROM traces', [], { traceIds: [] })).toEqual([{ n: 0 }]);
      for (const sql of sealedAttempts) {
        const told = await ask(sql).then(JSON.stringify, (error: unknown) => String(error));
        expect(told, sql).not.toContain('sealed words');
      }
      expect(await query.query('m1', 'SELECT count(*) AS n FROM traces')).toEqual([{ n: 2 }]);
    });

    test('takes joins, common tables, windows and JSON functions', async () => {
      const traces = ['a', 'b', 'b'].map((output, index) =>
        sampleTrace({ traceId: `t${index}`, output: labelOutput(output), metadata: { n: index } }),
      );
      await log.append('m1', 'b1', { traces, judgements: [sampleJudgement({ traceId: 't1' })] });
      const sql = `
        WITH counted AS (SELECT output, count(*) AS n FROM traces GROUP BY output)
        SELECT t.trace_id, c.n, row_number() OVER (ORDER BY t.trace_id) AS place,
          CAST(json_extract(t.metadata, '$.n') AS INTEGER) AS meta, 'it''s' AS "quoted"
        FROM traces t JOIN judgements j ON j.trace_id = t.trace_id JOIN counted c ON c.output = t.output`;
      expect(await query.query('m1', sql)).toEqual([{ trace_id: 't1', n: 2, place: 1, meta: 1, quoted: "it's" }]);
    });

    inDuckDb('takes unnesting and arrows into JSON', async () => {
      const traces = ['a', 'b', 'b'].map((output, index) =>
        sampleTrace({ traceId: `t${index}`, output: labelOutput(output), metadata: { n: index } }),
      );
      await log.append('m1', 'b1', { traces, judgements: [sampleJudgement({ traceId: 't1' })] });
      const sql = `
        WITH counted AS (SELECT output, count(*) AS n FROM traces GROUP BY output)
        SELECT t.trace_id, c.n, row_number() OVER (ORDER BY t.trace_id) AS place, (t.metadata->>'$.n')::INTEGER AS meta, u.x
        FROM traces t JOIN judgements j USING (trace_id) JOIN counted c ON c.output = t.output, unnest([7]) u(x)`;
      expect(await query.query('m1', sql)).toEqual([{ trace_id: 't1', n: 2, place: 1, meta: 1, x: 7 }]);
    });

    test('gives numbers, ISO times and null', async () => {
      const sql = `SELECT CAST(5000000000 AS BIGINT) AS big, CAST(1.25 AS DECIMAL(5, 2)) AS exact, CAST('nan' AS DOUBLE) AS nan,
        DATE '2026-02-03' AS day, TIMESTAMP '1960-01-01 00:00:00.5' AS before, true AS yes, NULL AS nothing`;
      expect(await query.query('m1', sql)).toEqual([
        {
          big: 5e9,
          exact: 1.25,
          nan: null,
          day: '2026-02-03',
          before: '1960-01-01T00:00:00.500Z',
          yes: true,
          nothing: null,
        },
      ]);
    });

    inDuckDb('gives numbers, ISO times, JSON and null for all types', async () => {
      const sql = `SELECT 170141183460469231731687303715884105727 AS huge, 1::BIGINT AS big, 1.25 AS exact, 'nan'::DOUBLE AS nan,
        DATE '2026-02-03' AS day, TIMESTAMP '1960-01-01 00:00:00.0005' AS before, TIMESTAMPTZ '2026-01-01 00:00:00+02' AS zoned,
        [1, NULL] AS list, {'a': DATE '2026-02-03', 'b': 2::BIGINT} AS struct, MAP {'k': 1} AS map, true AS yes, NULL AS nothing,
        INTERVAL 1 DAY AS gap`;
      expect(await query.query('m1', sql)).toEqual([
        {
          huge: 2 ** 127,
          big: 1,
          exact: 1.25,
          nan: null,
          day: '2026-02-03',
          before: '1960-01-01T00:00:00.000Z',
          zoned: '2025-12-31T22:00:00.000Z',
          list: '[1,null]',
          struct: '{"a":"2026-02-03","b":2}',
          map: '[{"key":"k","value":1}]',
          yes: true,
          nothing: null,
          gap: '1 day',
        },
      ]);
    });

    test('keeps columns of one name, and odd names, apart', async () => {
      const [row] = await query.query('m1', 'SELECT 1 AS a, 2 AS a, 3 AS "__proto__", 4 AS "constructor"');
      expect(Object.values(row ?? {})).toEqual([1, 2, 3, 4]);
    });

    test('binds parameters as values, whatever they say', async () => {
      await log.append('m1', 'b1', {
        traces: hostileTexts.map((input, index) => sampleTrace({ traceId: `t${index}`, input })),
        judgements: [],
      });
      for (const [index, text] of hostileTexts.entries()) {
        const rows = await query.query('m1', 'SELECT trace_id FROM traces WHERE input = ?', [text]);
        expect(rows).toEqual([{ trace_id: `t${index}` }]);
      }
      const typed = await query.query('m1', 'SELECT $1 + 1 AS n, $2 AS yes, $3 AS nothing, $4 AS half LIMIT $5', [
        1,
        true,
        null,
        0.5,
        1,
      ]);
      expect(typed).toEqual([{ n: 2, yes: true, nothing: null, half: 0.5 }]);
    });

    test('takes any text as a parameter', async () => {
      await fc.assert(
        fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 40 }), async (text) => {
          const [row] = await query.query('m1', "SELECT length('|' || $1) AS n, '|' || $1 AS t", [text]);
          expect(row?.t).toBe(`|${text.toWellFormed()}`);
        }),
        { numRuns: 15 },
      );
    });

    test('gives back 1,000 rows unless told otherwise', async () => {
      const traces = Array.from({ length: 11 }, (_, index) => sampleTrace({ traceId: `t${index}` }));
      await log.append('m1', 'b1', { traces, judgements: [] });
      const sql = 'SELECT a.trace_id FROM traces a CROSS JOIN traces b CROSS JOIN traces c';
      expect(await query.query('m1', sql)).toHaveLength(1000);
      expect(await query.query('m1', `${sql} ORDER BY a.trace_id DESC`, [], { maxRows: 2 })).toEqual([
        { trace_id: 't9' },
        { trace_id: 't9' },
      ]);
      expect(await query.query('m1', `${sql} LIMIT 2000`, [], { maxRows: 1_200 })).toHaveLength(1200);
    });

    inDuckDb('gives back 1,000 rows unless told otherwise, and computes what the rows need only', async () => {
      expect(await query.query('m1', 'SELECT * FROM range(1000000)')).toHaveLength(1000);
      expect(await query.query('m1', 'SELECT * FROM range(1000000)', [], { maxRows: 3 })).toEqual([
        { range: 0 },
        { range: 1 },
        { range: 2 },
      ]);
      expect(await query.query('m1', 'SELECT * FROM range(5000)', [], { maxRows: 10_000 })).toHaveLength(5000);
    });

    test.each(forbidden)('refuses %j', async (sql) => {
      const error = await rejection(query.query('m1', sql));
      expect(error.name).toBe('ForbiddenQuery');
    });

    test('reads and writes no file, by whatever function or name', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'ratchet-test-'));
      const secret = join(folder, 'secret.csv');
      await writeFile(secret, 'a,b\n1,2\n');
      const quoted = `'${secret}'`;
      const attempts = [
        `SELECT * FROM ${quoted}`,
        `SELECT * FROM "${secret}"`,
        `FROM ${quoted}`,
        `SELECT * FROM traces WHERE EXISTS (SELECT * FROM ${quoted})`,
        `WITH traces AS (SELECT * FROM read_text(${quoted})) SELECT * FROM traces`,
        `WITH "${secret}" AS (SELECT 1) SELECT 1 UNION ALL (SELECT count(*) FROM read_csv(${quoted}))`,
        `WITH x AS (WITH "${secret}" AS (SELECT 1) SELECT 1) SELECT * FROM "${secret}"`,
        `SELECT * FROM glob('${folder}/*')`,
        `SELECT * FROM sniff_csv(${quoted})`,
        `SELECT * FROM system.main.read_text(${quoted})`,
        `SELECT * FROM "read_blob"(${quoted})`,
        ...[
          'read_csv',
          'read_csv_auto',
          'read_json',
          'read_ndjson_objects',
          'read_parquet',
          'parquet_scan',
          'read_text',
        ].flatMap((reader) => [
          `SELECT * FROM ${reader}(${quoted})`,
          `SELECT * FROM ${reader.toUpperCase()}([${quoted}])`,
          `SELECT (SELECT count(*) FROM ${reader}(${quoted}))`,
        ]),
        `SELECT * FROM parquet_metadata(${quoted})`,
        `COPY (SELECT 1) TO '${folder}/out.csv'`,
        `ATTACH '${folder}/out.db'`,
      ];
      for (const sql of attempts) expect((await rejection(query.query('m1', sql))).name, sql).toBe('ForbiddenQuery');
      const bound = await rejection(query.query('m1', 'SELECT * FROM read_text(?)', [secret]));
      expect(bound.name).toBe('ForbiddenQuery');
      expect(await readdir(folder)).toEqual(['secret.csv']);
      await rm(folder, { recursive: true });
    });

    test('leaves the tables as they were, whatever was tried', async () => {
      await log.append('m1', 'b1', { traces: [sampleTrace()], judgements: [] });
      for (const sql of forbidden) await rejection(query.query('m1', sql));
      expect(await query.query('m1', 'SELECT trace_id FROM traces')).toEqual([{ trace_id: 't1' }]);
    });

    test.each([
      'SELEC 1',
      'SELECT nothing FROM traces',
      'SELECT no_such_function(1)',
      "SELECT 'a'::INTEGER",
      'SELECT ?',
      'SELECT (',
    ])('says of %j that it does not work, and why', async (sql) => {
      const error = await rejection(query.query('m1', sql));
      expect(error.name).toBe('InvalidInput');
      expect(error.mend).toContain('SQL');
    });

    test('answers any text with rows or with one of its two faults', async () => {
      const word = fc.constantFrom(
        'SELECT',
        '*',
        'FROM',
        'traces',
        '(',
        ')',
        ';',
        "'",
        '"',
        '--',
        '/*',
        ',',
        '1',
        'WITH',
        'x',
        'AS',
        '$1',
        '\0',
      );
      await fc.assert(
        fc.asyncProperty(
          fc.oneof(
            fc.array(word, { maxLength: 12 }).map((words) => words.join(' ')),
            fc.string({ unit: 'binary' }),
          ),
          async (sql) => {
            const outcome = await query.query('m1', sql).then(
              () => 'rows',
              (error: unknown) => (error instanceof Error ? error.name : 'other'),
            );
            expect(['rows', 'InvalidInput', 'ForbiddenQuery']).toContain(outcome);
          },
        ),
        { numRuns: 80 },
      );
    });

    inDuckDb('stops a query that runs away, and answers the next one', async () => {
      const runaway = 'SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b';
      const error = await rejection(query.query('m1', runaway));
      expect(error.name).toBe('ForbiddenQuery');
      expect(error.message).toContain('longer than');
      expect(await query.query('m1', 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    });

    test('answers many queries at once while the log grows', async () => {
      const answers = Array.from({ length: 6 }, async (_, index) => {
        await log.append('m1', `b${index}`, { traces: [sampleTrace({ traceId: `t${index}` })], judgements: [] });
        return query.query('m1', 'SELECT count(*) AS n FROM traces');
      });
      for (const [row] of await Promise.all(answers)) expect(row?.n).toBeGreaterThanOrEqual(1);
      expect(await query.query('m1', 'SELECT count(*) AS n FROM traces')).toEqual([{ n: 6 }]);
    });
  });
}
