import { afterEach, beforeEach, expect, test } from 'vitest';
import { TraceListings } from '../../../../shared/adapters/athena/trace-listings.ts';
import { DuckDbTraceLog } from '../../../../shared/adapters/duckdb/duckdb-trace-log.ts';
import { TraceBatches } from '../../../../shared/adapters/duckdb/trace-batches.ts';
import { FixedClock } from '../../../helpers/fixed-clock.ts';
import { MemoryObjectStore } from '../../../helpers/memory-object-store.ts';
import { sampleJudgement, sampleTrace } from '../../../helpers/trace-samples.ts';

let objects: MemoryObjectStore;
let queries: MemoryObjectStore;
let log: DuckDbTraceLog;
let now: number;
let listings: TraceListings;
beforeEach(() => {
  objects = new MemoryObjectStore();
  queries = new MemoryObjectStore();
  now = 0;
  log = new DuckDbTraceLog({ objects, clock: new FixedClock() });
  const clock = { now: () => now };
  listings = new TraceListings({ batches: new TraceBatches(objects), clock, traceBucket: 'bucket', queries });
});
afterEach(() => log.close());

const lines = async (key: string) => new TextDecoder().decode(await queries.get(key)).split('\n');

test('lists what the commits of one model name, once a version of its log', async () => {
  await log.append('m1', 'b1', { traces: [sampleTrace()], judgements: [sampleJudgement()] });
  await log.append('m2', 'b2', { traces: [sampleTrace({ modelId: 'm2' })], judgements: [] });
  await objects.put('traces/m1/date=2026-01-01/uncommitted.parquet', new Uint8Array(1));
  const { traces, judgements } = await listings.of('m1');
  expect(await lines(`listings/traces/listing=${traces[0]?.name}/symlink.txt`)).toEqual([
    's3://bucket/traces/m1/date=2026-01-01/b1.parquet',
    '',
  ]);
  expect(await lines(`listings/judgements/listing=${judgements[0]?.name}/symlink.txt`)).toEqual([
    's3://bucket/judgements/m1/b1.parquet',
    '',
  ]);
  expect(await listings.of('m1')).toEqual({ traces, judgements });
  await log.append('m1', 'b3', { traces: [sampleTrace({ traceId: 't3' })], judgements: [] });
  expect((await listings.of('m1')).traces).not.toEqual(traces);
});

test('writes a list again that may be thrown away, and none of no files', async () => {
  expect((await listings.of('m1')).traces).toEqual([{ name: 'nothing', passedOver: [] }]);
  expect(await queries.list('')).toEqual([]);
  await log.append('m1', 'b1', { traces: [sampleTrace()], judgements: [] });
  await listings.of('m1');
  const [key = ''] = await queries.list('');
  await queries.delete(key);
  await listings.of('m1');
  expect(await queries.list('')).toEqual([]);
  now += 3_600_001;
  await listings.of('m1');
  expect(await queries.list('')).toEqual([key]);
});

test('chooses the same ids in any order by the same list', async () => {
  const name = await listings.choose(['t2', 't1', 't2']);
  expect(await listings.choose(['t1', 't2'])).toBe(name);
  expect(await listings.choose(['t1'])).not.toBe(name);
  expect(await listings.choose([])).toBe('nothing');
  expect(await queries.list('listings/chosen/')).toHaveLength(2);
});

test('refuses a log with files that Athena takes for hidden', async () => {
  const commits = { version: async () => 'v', list: async () => [hidden] };
  const hidden = { batchId: 'b', merged: null, traceKeys: ['traces/m1/date=2026-01-01/_0.parquet'], judgementKeys: [] };
  const old = new TraceListings({
    batches: commits as unknown as TraceBatches,
    clock: { now: () => now },
    traceBucket: 'bucket',
    queries,
  });
  await expect(old.of('m1')).rejects.toMatchObject({ name: 'StorageFailure', mend: expect.stringContaining('duckdb') });
});

test('writes a list again that was written while the clock stood ahead', async () => {
  const year = 365 * 86_400_000;
  await log.append('m1', 'b1', { traces: [sampleTrace()], judgements: [] });
  now = year;
  await listings.of('m1');
  await listings.choose(['t1']);
  const keys = await queries.list('');
  for (const key of keys) await queries.delete(key);
  now = 0;
  await listings.of('m1');
  await listings.choose(['t1']);
  expect(await queries.list('')).toEqual(keys);
});
