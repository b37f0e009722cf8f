import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listView } from '../../../../shared/adapters/athena/log-lists.ts';
import { QueryLists } from '../../../../shared/adapters/athena/query-lists.ts';
import { DuckDbTraceLog } from '../../../../shared/adapters/duckdb/duckdb-trace-log.ts';
import { filesOf } from '../../../../shared/adapters/duckdb/log-files.ts';
import type { LogView } from '../../../../shared/adapters/duckdb/log-reader.ts';
import { TraceBatches } from '../../../../shared/adapters/duckdb/trace-batches.ts';
import { FixedClock } from '../../../helpers/fixed-clock.ts';
import { MemoryObjectStore } from '../../../helpers/memory-object-store.ts';
import { sampleJudgement, sampleTrace } from '../../../helpers/trace-samples.ts';

let objects: MemoryObjectStore;
let queries: MemoryObjectStore;
let clock: FixedClock;
let log: DuckDbTraceLog;
let lists: QueryLists;
beforeEach(() => {
  objects = new MemoryObjectStore();
  queries = new MemoryObjectStore();
  clock = new FixedClock();
  log = new DuckDbTraceLog({ objects, clock, mergedTogether: [2] });
  lists = new QueryLists({ clock, queries });
});
afterEach(() => log.close());

async function fill(batches: number): Promise<void> {
  for (let at = 1; at <= batches; at += 1) {
    await log.append('m1', `b${at}`, {
      traces: [sampleTrace({ traceId: `t${at}` }), sampleTrace({ traceId: `u${at}` })],
      judgements: [sampleJudgement({ traceId: `t${at}` })],
    });
    clock.advance(1_000);
  }
}

/** A view of the whole log, or of some of its batches. */
async function view(batchIds?: readonly string[]): Promise<LogView> {
  const all = await new TraceBatches(objects).list('m1');
  const batches = batchIds === undefined ? all : all.filter(({ batchId }) => batchIds.includes(batchId));
  return { modelId: 'm1', batches, all, files: filesOf(batches, all) };
}

const list = (of: LogView) => listView(of, { lists, traceBucket: 'bucket' });
const links = async (part: string) => {
  const read = async (table: string) =>
    new TextDecoder().decode(await queries.get(`listings/${table}/listing=${part}/symlink.txt`)).split('\n');
  return [...(await read('traces')), ...(await read('judgements'))].filter((line) => line !== '');
};

async function rowsOf(name: string): Promise<readonly unknown[]> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const rows = await queries.withLocalFile(`listings/batches/listing=${name}/batches.parquet`, (path) =>
    connection.runAndReadAll(
      `SELECT batch_id, part, arrived::INTEGER, latest::VARCHAR FROM read_parquet('${path}', hive_partitioning = false)`,
    ),
  );
  connection.closeSync();
  return rows.getRows();
}

test('lists merged files and those of batches as one part, and for each batch its position and latest time', async () => {
  await fill(5);
  const { parts, batches } = await list(await view());
  expect(parts).toHaveLength(1);
  const [part = ''] = parts;
  expect(part).toMatch(/^m1-[0-9a-f]{64}$/);
  expect(await links(part)).toEqual(
    [...(await objects.list('traces/m1/')), ...(await objects.list('judgements/m1/'))]
      .filter((key) => /\/(b1\.parquet|-.*)$/.test(key))
      .map((key) => `s3://bucket/${key}`),
  );
  expect(await rowsOf(batches)).toEqual(
    [1, 2, 3, 4, 5].map((at) => [`b${at}`, part, at, `2026-01-01 00:00:0${at - 1}`]),
  );
});

test('lists merged files apart that hold a batch as it was before something was erased of it', async () => {
  await fill(5);
  // Erasing that ends before what it changed is merged anew.
  const dying = new DuckDbTraceLog({
    clock,
    mergedTogether: [2],
    objects: {
      get: (key) => objects.get(key),
      list: (prefix) => objects.list(prefix),
      delete: (key) => objects.delete(key),
      withLocalFile: (key, use) => objects.withLocalFile(key, use),
      put: (key, body) => objects.put(key, body),
      putIfAbsent: async (key, body) => {
        if (key.includes('/-')) throw new Error('killed');
        return objects.putIfAbsent(key, body);
      },
    },
  });
  await expect(dying.erase('m1', ['t2'])).rejects.toThrow('killed');
  await dying.close();
  const { parts, batches } = await list(await view());
  expect(parts).toHaveLength(2);
  const rows = (await rowsOf(batches)) as [string, string][];
  const partOf = Object.fromEntries(rows.map(([batchId, part]) => [batchId, part]));
  // The second goes on in a file of its own, beside the third in the files that both were merged into.
  expect([partOf.b1, partOf.b4, partOf.b5]).toEqual([partOf.b2, partOf.b2, partOf.b2]);
  expect(partOf.b3).not.toBe(partOf.b2);
  expect(await links(partOf.b3 ?? '')).toEqual([
    expect.stringMatching(/\/-000000002-000000003\./),
    expect.stringMatching(/\/-000000002-000000003\./),
  ]);
  expect(await links(partOf.b2 ?? '')).toContain('s3://bucket/traces/m1/date=2026-01-01/b2.e1.parquet');
  // Where the batch that goes on elsewhere is not asked for, none of its rows counts anyway.
  expect((await list(await view(['b1', 'b3']))).parts).toHaveLength(1);
});

test('writes the same lists once an hour, and lists of its files alone', async () => {
  await fill(3);
  const whole = await list(await view());
  const written = await queries.list('');
  expect(written).toHaveLength(3);
  for (const key of written) await queries.delete(key);
  expect(await list(await view())).toEqual(whole);
  expect(await queries.list('')).toEqual([]);
  clock.advance(3_600_001);
  expect(await list(await view())).toEqual(whole);
  expect(await queries.list('')).toEqual(written);
  const one = await list(await view(['b1']));
  expect(await links(one.parts[0] ?? '')).toEqual([
    's3://bucket/traces/m1/date=2026-01-01/b1.parquet',
    's3://bucket/judgements/m1/b1.parquet',
  ]);
});

test('gives batches of no file a part that is never written', async () => {
  await log.append('m1', 'b1', { traces: [], judgements: [] });
  const { parts, batches } = await list(await view());
  expect(parts).toEqual([]);
  expect(await rowsOf(batches)).toEqual([['b1', 'nothing', 1, '2026-01-01 00:00:00']]);
});
