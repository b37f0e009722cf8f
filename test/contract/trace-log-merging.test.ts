import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { DuckDbTraceLog } from '../../shared/adapters/duckdb/duckdb-trace-log.ts';
import { DuckDbTraceQuery } from '../../shared/adapters/duckdb/duckdb-trace-query.ts';
import { DirectoryObjectStore } from '../../shared/adapters/local/directory-object-store.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import type { TraceBatch, TraceLog } from '../../shared/ports/trace-log.ts';
import { FixedClock } from '../helpers/fixed-clock.ts';
import { Killed, Killer } from '../helpers/killed.ts';
import { MemoryObjectStore } from '../helpers/memory-object-store.ts';
import { rejection } from '../helpers/rejection.ts';
import { sampleJudgement, sampleTrace } from '../helpers/trace-samples.ts';
import { traceLogContract } from './trace-log-contract.ts';

vi.setConfig({ testTimeout: 180_000 });

const all = { limit: 1_000 };
/** Two batches, then four, so that few are enough. */
const early = [2, 4];

function logOver(objects: ObjectStore, mergedTogether: readonly number[] = early): DuckDbTraceLog {
  return new DuckDbTraceLog({ objects, clock: new FixedClock(), mergedTogether });
}

traceLogContract('DuckDB that merges small files, over a directory,', async () => {
  const root = await mkdtemp(join(tmpdir(), 'ratchet-test-'));
  const clock = new FixedClock();
  const objects = new DirectoryObjectStore(join(root, "it's [a] *store*"));
  const log = new DuckDbTraceLog({ objects, clock, mergedTogether: early });
  return {
    log,
    clock,
    dispose: async () => {
      await log.close();
      await rm(root, { recursive: true, force: true });
    },
  };
});

traceLogContract('DuckDB that merges small files, over objects that must be copied to be read,', async () => {
  const clock = new FixedClock();
  const log = new DuckDbTraceLog({ objects: new MemoryObjectStore(), clock, mergedTogether: early });
  return { log, clock, dispose: () => log.close() };
});

/** A trace of its own with a judgement, and a judgement of the trace before: what is merged belongs together across batches. */
function batchOf(number: number): TraceBatch {
  return {
    traces: [sampleTrace({ traceId: `t${number}`, input: `text ${number}` })],
    judgements: [
      sampleJudgement({ judgementId: `j${number}`, traceId: `t${number}` }),
      sampleJudgement({ judgementId: `k${number}`, traceId: `t${number - 1}`, verdict: 'pass' }),
    ],
  };
}

async function fill(log: TraceLog, from: number, through: number): Promise<void> {
  for (let at = from; at <= through; at += 1) await log.append('m1', `b${at}`, batchOf(at));
}

const parquet = async (objects: ObjectStore) => (await objects.list('')).filter((key) => key.endsWith('.parquet'));

/** The Parquet files that hold rows of a trace, whatever a commit says of them. */
async function filesWith(objects: ObjectStore, traceId: string): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'ratchet-test-'));
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const found: string[] = [];
  for (const key of await parquet(objects)) {
    await writeFile(join(folder, 'file.parquet'), (await objects.get(key)) ?? '');
    const rows = await connection.runAndReadAll(
      `SELECT * FROM read_parquet('${join(folder, 'file.parquet')}') WHERE trace_id = '${traceId}'`,
    );
    if (rows.currentRowCount > 0) found.push(key);
  }
  connection.closeSync();
  instance.closeSync();
  await rm(folder, { recursive: true });
  return found;
}

describe('small files of the log', () => {
  test('become one a day, the files and records of before go one step later, and commits stay', async () => {
    const objects = new MemoryObjectStore();
    const log = logOver(objects);
    await fill(log, 1, 7);
    const merged = 'batches/_merged/m1/';
    expect((await objects.list(merged)).filter((key) => key.endsWith('.json'))).toEqual(
      [
        `${merged}000000001-000000003.json`,
        `${merged}000000004-000000007.json`,
        `${merged}000000004-000000005.json`,
      ].toSorted(),
    );
    await log.mergeSmallFiles('m1');
    expect((await objects.list(merged)).filter((key) => key.endsWith('.json'))).toEqual([
      `${merged}000000001-000000003.json`,
      `${merged}000000004-000000007.json`,
    ]);
    const names = (await parquet(objects)).map((key) => key.replace(/\.[0-9a-f]{12}\.parquet$/, ''));
    expect(names).toEqual([
      'judgements/m1/-000000001-000000003',
      'judgements/m1/-000000004-000000007',
      'traces/m1/date=2026-01-01/-000000001-000000003',
      'traces/m1/date=2026-01-01/-000000004-000000007',
    ]);
    expect(await objects.list('batches/_journal/m1/')).toHaveLength(7);
    const read = await log.read('m1', all);
    expect(read.map(({ trace }) => trace.traceId).toSorted()).toEqual(['t1', 't2', 't3', 't4', 't5', 't6', 't7']);
    const keys = await objects.list('');
    await log.mergeSmallFiles('m1');
    expect(await objects.list('')).toEqual(keys);
    await log.close();
  });

  test('of a large batch stay its own, and a stretch that would not come to half as many stays', async () => {
    const objects = new MemoryObjectStore();
    const log = logOver(objects, [4]);
    await fill(log, 1, 2);
    const large = Array.from({ length: 5_001 }, (_, at) => sampleTrace({ traceId: `large${at}` }));
    await log.append('m1', 'large', { traces: large, judgements: [] });
    for (let day = 1; day < 5; day += 1) {
      const timestamp = `2026-02-0${day}T00:00:00Z`;
      await log.append('m1', `day${day}`, {
        traces: [sampleTrace({ traceId: `day${day}`, timestamp })],
        judgements: [],
      });
    }
    await log.mergeSmallFiles('m1');
    expect((await parquet(objects)).filter((key) => !key.includes('/-'))).toEqual([
      'traces/m1/date=2026-01-01/large.parquet',
      ...[1, 2, 3, 4].map((day) => `traces/m1/date=2026-02-0${day}/day${day}.parquet`),
    ]);
    const through = await log.read('m1', { limit: 10_000, through: 2 });
    expect(through.map(({ trace }) => trace.traceId)).toEqual(['t1', 't2']);
    expect(await log.read('m1', { limit: 10_000 })).toHaveLength(2 + 5_001 + 4);
    await log.close();
  });

  test('are merged by many at once, once', async () => {
    const objects = new MemoryObjectStore();
    const plain = logOver(objects, []);
    await fill(plain, 1, 7);
    const before = await plain.read('m1', all);
    const logs = Array.from({ length: 4 }, () => logOver(objects, [8]));
    await Promise.all(logs.map((log) => log.mergeSmallFiles('m1')));
    await Promise.all(logs.map((log) => log.mergeSmallFiles('m1')));
    expect(await parquet(objects)).toHaveLength(2);
    expect(await plain.read('m1', all)).toEqual(before);
    for (const log of [plain, ...logs]) await log.close();
  });

  test('that are not what was written are not merged, and merged ones are held against their digests', async () => {
    const objects = new MemoryObjectStore();
    const plain = logOver(objects, []);
    await fill(plain, 1, 7);
    const [key = ''] = await parquet(objects);
    const sound = (await objects.get(key)) ?? new Uint8Array();
    await objects.put(key, (await objects.get('judgements/m1/b3.parquet')) ?? new Uint8Array());
    const log = logOver(objects);
    expect(await rejection(log.mergeSmallFiles('m1'))).toMatchObject({ name: 'CorruptArtifact' });
    expect(await objects.list('batches/_merged/m1/')).toEqual([]);
    await objects.put(key, sound);
    for (let step = 0; step < 3; step += 1) await log.mergeSmallFiles('m1');
    const [first = '', second = ''] = await parquet(objects);
    await objects.put(first, (await objects.get(second)) ?? new Uint8Array());
    const fault = await rejection(log.read('m1', all));
    expect(fault).toMatchObject({ name: 'CorruptArtifact' });
    expect(fault.message).toContain(first);
    await plain.close();
    await log.close();
  });

  test('that a reader looks for while they go away are found where they went', async () => {
    const objects = new MemoryObjectStore();
    const plain = logOver(objects, []);
    await fill(plain, 1, 7);
    const before = await plain.read('m1', all);
    const merging = logOver(objects);
    let isMerged = false;
    const late: ObjectStore = Object.assign(Object.create(objects), {
      withLocalFile: async <T>(key: string, use: (path: string) => Promise<T>): Promise<T> => {
        if (!isMerged) for (let step = 0; step < 3; step += 1) await merging.mergeSmallFiles('m1');
        isMerged = true;
        return objects.withLocalFile(key, use);
      },
      get: (key: string) => objects.get(key),
      list: (prefix: string) => objects.list(prefix),
    });
    const reader = logOver(late);
    expect(await reader.read('m1', all)).toEqual(before);
    isMerged = false;
    const query = new DuckDbTraceQuery({ objects: late });
    expect(await query.query('m1', 'SELECT count(*) AS n FROM traces')).toEqual([{ n: 7 }]);
    await query.close();
    for (const log of [plain, merging, reader]) await log.close();
  });
});

describe('merging that is broken off', () => {
  test('after any write, leaves what is read as it was, and ends with the next steps', async () => {
    const killer = new Killer();
    const expected = new MemoryObjectStore();
    const unmerged = logOver(expected, []);
    await fill(unmerged, 1, 7);
    const whole = await unmerged.read('m1', all);
    let points = 0;
    for (let at = 1; ; at += 1) {
      const objects = await copyOf(expected);
      const dying = logOver(killedAtWrites(killer, objects));
      const healthy = logOver(objects);
      killer.arm(at, true);
      // One that is asked again where it was killed goes on; the log is to be sound then, too.
      await steps(dying).catch((error: unknown) => expect(error).toBeInstanceOf(Killed));
      const isOver = killer.count < at;
      await dying.close();
      expect(await healthy.read('m1', all)).toEqual(whole);
      await steps(healthy);
      expect(await healthy.read('m1', all)).toEqual(whole);
      expect(await parquet(objects)).toHaveLength(4);
      await healthy.close();
      if (isOver) break;
      points += 1;
    }
    expect(points).toBeGreaterThan(20);
    await unmerged.close();
  });

  test('by an erasure at any point of it, leaves nothing of what was erased', async () => {
    const prepared = new MemoryObjectStore();
    const plain = logOver(prepared, []);
    await fill(plain, 1, 3);
    let count = 0;
    for (let at = 1; ; at += 1) {
      const objects = await copyOf(prepared);
      const eraser = logOver(objects, []);
      let left = at;
      const merging = logOver(
        interrupted(objects, async () => {
          left -= 1;
          if (left === 0) await eraser.erase('m1', ['t2']);
        }),
      );
      await merging.mergeSmallFiles('m1');
      const ended = left > 0;
      if (ended) await eraser.erase('m1', ['t2']);
      expect(await filesWith(objects, 't2')).toEqual([]);
      expect((await eraser.read('m1', all)).map(({ trace }) => trace.traceId)).toEqual(['t1', 't3']);
      await merging.close();
      await eraser.close();
      if (ended) break;
      count += 1;
    }
    expect(count).toBeGreaterThan(10);
    await plain.close();
  });
});

describe('erasing from merged files', () => {
  test('broken off after any write, shows each batch whole or without the trace, and ends with the next', async () => {
    const prepared = new MemoryObjectStore();
    const log = logOver(prepared);
    await fill(log, 1, 8);
    const whole = await log.read('m1', all);
    const without = (traceId: string) => whole.filter(({ trace }) => trace.traceId !== traceId);
    const killer = new Killer();
    let points = 0;
    for (let at = 1; ; at += 1) {
      const objects = await copyOf(prepared);
      const dying = logOver(killedAtWrites(killer, objects));
      const healthy = logOver(objects);
      killer.arm(at, true);
      await dying.erase('m1', ['t2']).catch((error: unknown) => expect(error).toBeInstanceOf(Killed));
      const isOver = killer.count < at;
      const now = await healthy.read('m1', all);
      expect(now.filter(({ trace }) => trace.traceId !== 't2')).toEqual(without('t2'));
      await healthy.erase('m1', ['t2']);
      expect(await healthy.read('m1', all)).toEqual(without('t2'));
      expect(await filesWith(objects, 't2')).toEqual([]);
      expect(await healthy.history('m1')).toHaveLength(8);
      await dying.close();
      await healthy.close();
      if (isOver) break;
      points += 1;
    }
    expect(points).toBeGreaterThan(8);
    await log.close();
  });
});

describe('a log that merges', () => {
  test('answers as one that does not', async () => {
    const id = fc.integer({ min: 1, max: 6 }).map((number) => `t${number}`);
    const when = fc.constantFrom('2026-01-01T00:00:00Z', '2026-01-02T23:59:59Z', '9999-12-31T00:00:00Z');
    const trace = fc.record({ traceId: id, timestamp: when, input: fc.string({ maxLength: 5 }) });
    const judgement = fc.record({
      judgementId: fc.constantFrom('j1', 'j2', 'j3'),
      traceId: id,
      verdict: fc.constantFrom('pass' as const, 'fail' as const),
      kind: fc.constantFrom('human' as const, 'llm' as const),
    });
    const step = fc.oneof(
      {
        weight: 8,
        arbitrary: fc.record({
          traces: fc.array(trace, { maxLength: 3 }),
          judgements: fc.array(judgement, { maxLength: 3 }),
        }),
      },
      { weight: 1, arbitrary: fc.record({ erase: fc.array(id, { minLength: 1, maxLength: 2 }) }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (script) => {
        const stores = [new MemoryObjectStore(), new MemoryObjectStore()] as const;
        const logs = [logOver(stores[0], []), logOver(stores[1])] as const;
        for (const [number, one] of script.entries()) {
          for (const log of logs) {
            if ('erase' in one) await log.erase('m1', one.erase);
            else {
              await log.append('m1', `b${number}`, {
                traces: one.traces.map((change) => sampleTrace(change)),
                judgements: one.judgements.map(({ kind, ...change }) =>
                  sampleJudgement({ ...change, judge: { kind, id: 'anna', reason: '' } }),
                ),
              });
            }
          }
        }
        const [plain, merged] = await Promise.all(logs.map(answers));
        expect(merged).toEqual(plain);
        const rows = await Promise.all(stores.map(queried));
        expect(rows[1]).toEqual(rows[0]);
        for (const log of logs) await log.close();
      }),
      { numRuns: 5 },
    );
  });
});

async function answers(log: TraceLog): Promise<unknown> {
  const ids = ['t1', 't3', 't6', 'none'];
  const reads = [
    {},
    { limit: 2 },
    { through: 3 },
    { through: 6, after: 2 },
    { after: 5 },
    { humanJudgedAfter: 1 },
    { humanJudgedAfter: 5, through: 7 },
    { traceIds: ids },
    { traceIds: ids, through: 5 },
  ];
  const found: unknown[] = [
    await log.knownTraces('m1', ids),
    await log.judgementsOf('m1', ids),
    await log.history('m1'),
  ];
  for (const options of reads) found.push(await log.read('m1', { ...all, ...options }));
  return found;
}

async function queried(objects: ObjectStore): Promise<unknown> {
  const query = new DuckDbTraceQuery({ objects });
  const found = [
    await query.query('m1', 'SELECT trace_id, input FROM traces ORDER BY trace_id'),
    await query.query('m1', 'SELECT trace_id, judgement_id, verdict FROM judgements ORDER BY ALL'),
  ];
  await query.close();
  return found;
}

/** Removes, merges two, removes, merges four, removes: as many steps as there are. */
async function steps(log: DuckDbTraceLog): Promise<void> {
  for (let step = 0; step < 4; step += 1) await log.mergeSmallFiles('m1');
}

async function copyOf(objects: MemoryObjectStore): Promise<MemoryObjectStore> {
  const copy = new MemoryObjectStore();
  for (const key of await objects.list('')) await copy.put(key, (await objects.get(key)) ?? new Uint8Array());
  return copy;
}

/** Reads are never where it is killed: nothing is different after them. */
function killedAtWrites(killer: Killer, inner: ObjectStore): ObjectStore {
  const { put, putIfAbsent, delete: remove } = killer.objects(inner);
  return Object.assign(
    interrupted(inner, async () => undefined),
    { put, putIfAbsent, delete: remove },
  );
}

/** Does something before each access. */
function interrupted(inner: ObjectStore, before: () => Promise<void>): ObjectStore {
  const first = async <T>(work: () => Promise<T>): Promise<T> => {
    await before();
    return work();
  };
  return {
    get: (key) => first(() => inner.get(key)),
    put: (key, body) => first(() => inner.put(key, body)),
    putIfAbsent: (key, body) => first(() => inner.putIfAbsent(key, body)),
    list: (prefix) => inner.list(prefix),
    delete: (key) => first(() => inner.delete(key)),
    withLocalFile: (key, use) => first(() => inner.withLocalFile(key, use)),
  };
}
