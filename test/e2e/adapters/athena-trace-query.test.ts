import { AthenaClient } from '@aws-sdk/client-athena';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AthenaTraceQuery } from '../../../shared/adapters/athena/athena-trace-query.ts';
import { S3ObjectStore } from '../../../shared/adapters/aws/s3-object-store.ts';
import { DuckDbTraceLog } from '../../../shared/adapters/duckdb/duckdb-trace-log.ts';
import { DuckDbTraceQuery } from '../../../shared/adapters/duckdb/duckdb-trace-query.ts';
import { traceQueryContract } from '../../contract/trace-query-contract.ts';
import { type EmulatedTraceQueries, emulatedTraceQueries } from '../../helpers/emulated-trace-queries.ts';
import { temporaryBucket } from '../../helpers/emulator-resources.ts';
import { FixedClock } from '../../helpers/fixed-clock.ts';
import { rejection } from '../../helpers/rejection.ts';
import { sampleJudgement, sampleTrace } from '../../helpers/trace-samples.ts';

const s3 = new S3Client({ forcePathStyle: true });
const athena = new AthenaClient({});
let deployed: EmulatedTraceQueries;
beforeAll(async () => {
  deployed = await emulatedTraceQueries();
});
afterAll(async () => {
  await deployed.remove();
  s3.destroy();
  athena.destroy();
});

async function overNewLog(options: { mergedTogether?: readonly number[]; timeoutMs?: number } = {}) {
  const { bucket, remove } = await temporaryBucket(s3);
  const objects = new S3ObjectStore({ client: s3, bucket });
  const clock = new FixedClock();
  const queries = new S3ObjectStore({ client: s3, bucket: deployed.bucket });
  const { mergedTogether } = options;
  const log = new DuckDbTraceLog({ objects, clock, ...(mergedTogether === undefined ? {} : { mergedTogether }) });
  const query = new AthenaTraceQuery({
    client: athena,
    objects,
    traceBucket: bucket,
    queries,
    queriesBucket: deployed.bucket,
    database: deployed.database,
    workGroup: deployed.workGroup,
    clock,
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
  });
  const dispose = async () => {
    await query.close();
    await log.close();
    await remove();
  };
  return { log, query, objects, queries, dispose };
}

traceQueryContract('Athena over S3', () => overNewLog(), 'common');

test('Athena tells what DuckDB tells of a log that was merged, corrected, taken back and erased of', async () => {
  const { log, query, objects, dispose } = await overNewLog({ mergedTogether: [2, 4] });
  const duckDb = new DuckDbTraceQuery({ objects });
  const same = async () => {
    for (const sql of [
      'SELECT * FROM traces ORDER BY trace_id',
      'SELECT * FROM judgements ORDER BY trace_id, judgement_id',
      `SELECT t.output, j.expected, count(*) AS n FROM traces t LEFT JOIN judgements j ON j.trace_id = t.trace_id
        GROUP BY t.output, j.expected ORDER BY 1, 2`,
    ]) {
      expect(await query.query('m1', sql)).toEqual(await duckDb.query('m1', sql));
    }
    return (await query.query('m1', 'SELECT count(*) AS n FROM traces'))[0]?.n;
  };
  for (let batch = 0; batch < 7; batch += 1) {
    const ids = [0, 1, 2].map((place) => `t${batch}-${place}`);
    await log.append('m1', `b${batch}`, {
      traces: [...ids, 't0-0'].map((traceId, place) =>
        sampleTrace({ traceId, timestamp: `2026-01-0${1 + place}T00:00:00Z`, input: `${batch} ${traceId}` }),
      ),
      judgements: [
        sampleJudgement({ judgementId: `j${batch}`, traceId: ids[0] ?? '' }),
        ...(batch === 4 ? [sampleJudgement({ judgementId: 'r', traceId: 't3-0', verdict: null, retracts: 'j3' })] : []),
        ...(batch === 5 ? [sampleJudgement({ judgementId: 'again', traceId: 't0-0', verdict: 'pass' })] : []),
      ],
    });
    if (batch === 2) await same();
  }
  expect(await objects.list('traces/m1/date=2026-01-01/-')).not.toEqual([]);
  expect(await same()).toBe(21);
  await log.erase('m1', ['t1-0', 't6-2']);
  expect(await same()).toBe(19);
  await duckDb.close();
  await dispose();
});

test('Athena reads what commits name: files of a batch that was never committed are not there for it', async () => {
  const { log, query, objects, dispose } = await overNewLog();
  await log.append('m1', 'b1', { traces: [sampleTrace()], judgements: [] });
  const [key = ''] = await objects.list('traces/m1/');
  await log.append('m2', 'b9', { traces: [sampleTrace({ modelId: 'm2', traceId: 't9' })], judgements: [] });
  const [other = ''] = await objects.list('traces/m2/');
  await objects.put(key.replace('b1', 'b9'), (await objects.get(other)) ?? new Uint8Array());
  expect(await query.query('m1', 'SELECT trace_id FROM traces')).toEqual([{ trace_id: 't1' }]);
  await dispose();
});

test('Athena leaves no result behind', async () => {
  const { log, query, queries, dispose } = await overNewLog();
  await log.append('m1', 'b1', { traces: [sampleTrace()], judgements: [] });
  await query.query('m1', 'SELECT input FROM traces');
  expect(await queries.list('results/')).toEqual([]);
  await dispose();
});

test('Athena stops a query that takes longer than it may', async () => {
  const { log, query, dispose } = await overNewLog({ timeoutMs: 0 });
  await log.append('m1', 'b1', { traces: [sampleTrace()], judgements: [] });
  const error = await rejection(query.query('m1', 'SELECT input FROM traces'));
  expect(error.name).toBe('ForbiddenQuery');
  expect(error.message).toContain('longer than');
  await dispose();
});
