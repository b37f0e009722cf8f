import { beforeEach, describe, expect, test } from 'vitest';
import { type TraceBatchCommit, TraceBatches } from '../../../../shared/adapters/duckdb/trace-batches.ts';
import { fingerprintsOf } from '../../../../shared/adapters/duckdb/trace-fingerprints.ts';
import type { ObjectStore } from '../../../../shared/ports/object-store.ts';
import { MemoryObjectStore } from '../../../helpers/memory-object-store.ts';

let objects: MemoryObjectStore;
beforeEach(() => {
  objects = new MemoryObjectStore();
});

const commit = (name: string): TraceBatchCommit => ({
  schemaVersion: 1,
  batchId: name,
  appendedAt: '2026-01-01T00:00:00.000Z',
  arrival: 1,
  traces: 1,
  judgements: 0,
  judged: 0,
  failed: 0,
  traceKeys: [`traces/m1/date=2026-01-01/${name}.parquet`],
  judgementKeys: [],
  digest: '0',
  digests: ['0'],
  fingerprints: fingerprintsOf([`trace-of-${name}`]),
});

async function fill(from: number, through: number, store: ObjectStore = objects): Promise<void> {
  const batches = new TraceBatches(store);
  for (let at = from; at <= through; at += 1) await batches.commit('m1', commit(`b${at}`));
}

/** Counts what is asked of the store. */
function counted(): { readonly store: ObjectStore; readonly asked: { get: number; list: number } } {
  const asked = { get: 0, list: 0 };
  const store: ObjectStore = Object.assign(Object.create(objects), {
    get: (key: string) => {
      asked.get += 1;
      return objects.get(key);
    },
    list: (prefix: string) => {
      asked.list += 1;
      return objects.list(prefix);
    },
  });
  return { store, asked };
}

const numbered = async (store: ObjectStore = objects) =>
  (await new TraceBatches(store).list('m1')).map(({ position, batchId }) => [position, batchId]);

describe('the journal of batches', () => {
  test('is folded into a file for every thousand, which is read instead of them, and says the same', async () => {
    await fill(1, 2_005);
    const { store, asked } = counted();
    expect(await numbered(store)).toEqual(Array.from({ length: 2_005 }, (_, at) => [at + 1, `b${at + 1}`]));
    // Two files of blocks and the six entries after them.
    expect(asked).toEqual({ get: 8, list: 5 });
  }, 60_000);

  test('tells which batches can hold a trace without looking at one', async () => {
    await fill(1, 1_003);
    const { store } = counted();
    const batches = new TraceBatches(store);
    const all = await batches.list('m1');
    const about = await batches.about('m1', all, ['trace-of-b7', 'trace-of-b1002', 'another']);
    expect(about.map(({ batchId }) => batchId)).toEqual(['b7', 'b1002']);
    const unknown = all.map(({ fingerprints: _, ...one }) => ({ ...one, position: one.position + 5_000 }));
    expect(await batches.about('m1', unknown, ['another'])).toHaveLength(1_003);
  }, 60_000);

  test('lets a batch in behind what it has seen, though that was folded since', async () => {
    await fill(1, 1_003);
    const enter = (name: string, seen: number, traceId: string) =>
      new TraceBatches(objects).commit('m1', commit(name), { seen, traceIds: [traceId] });
    expect(await enter('late', 990, 'trace-of-b995')).toBe('overtaken');
    expect(await enter('late', 990, 'trace-of-b1002')).toBe('overtaken');
    expect(await enter('late', 995, 'trace-of-b995')).toBe('appended');
    expect((await numbered()).at(-1)).toEqual([1_004, 'late']);
  }, 60_000);

  test('loses and doubles nothing wherever folding is broken off', async () => {
    await fill(1, 1_000);
    const whole = Array.from({ length: 1_002 }, (_, at) => [at + 1, `b${at + 1}`]);
    for (let allowed = 0; allowed < 3; allowed += 1) {
      let left = allowed;
      const dying: ObjectStore = Object.assign(Object.create(objects), {
        get: (key: string) => objects.get(key),
        list: (prefix: string) => objects.list(prefix),
        putIfAbsent: async (key: string, body: Uint8Array) => {
          left -= 1;
          if (left < 0) throw new Error('killed');
          return objects.putIfAbsent(key, body);
        },
      });
      await new TraceBatches(dying).commit('m1', commit('b1001')).catch(() => undefined);
      expect(await numbered()).toEqual(whole.slice(0, (await numbered()).length));
    }
    await fill(1_001, 1_002);
    expect(await numbered()).toEqual(whole);
  }, 60_000);

  test('gives each position once to many who append at once', async () => {
    const names = Array.from({ length: 12 }, (_, at) => `b${at}`);
    await Promise.all(names.map((name) => new TraceBatches(objects).commit('m1', commit(name))));
    const found = await numbered();
    expect(found.map(([position]) => position)).toEqual(names.map((_, at) => at + 1));
    expect(found.map(([, name]) => name).toSorted()).toEqual(names.toSorted());
  });
});
