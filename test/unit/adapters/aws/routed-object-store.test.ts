import { beforeEach, describe, expect, test } from 'vitest';
import { RoutedObjectStore } from '../../../../shared/adapters/aws/routed-object-store.ts';
import { objectStoreContract } from '../../../contract/object-store-contract.ts';
import { MemoryObjectStore } from '../../../helpers/memory-object-store.ts';

objectStoreContract('a pair of stores', async () => ({
  objects: new RoutedObjectStore({ traces: new MemoryObjectStore(), artifacts: new MemoryObjectStore() }),
  dispose: async () => undefined,
}));

describe('a pair of stores', () => {
  const body = new Uint8Array([1]);
  let traces: MemoryObjectStore;
  let artifacts: MemoryObjectStore;
  let objects: RoutedObjectStore;
  beforeEach(() => {
    traces = new MemoryObjectStore();
    artifacts = new MemoryObjectStore();
    objects = new RoutedObjectStore({ traces, artifacts });
  });

  test.each(['drops', 'traces', 'judgements', 'batches', 'quarantine', 'ingests'])(
    'keeps %s/ among the traces',
    async (folder) => {
      await objects.put(`${folder}/m1/a`, body);
      expect(await traces.list('')).toEqual([`${folder}/m1/a`]);
      expect(await objects.get(`${folder}/m1/a`)).toEqual(body);
      expect(await objects.putIfAbsent(`${folder}/m1/a`, body)).toBe(false);
      await objects.delete(`${folder}/m1/a`);
      expect(await traces.list('')).toEqual([]);
    },
  );

  test.each(['models/m1/a', 'runs/m1/traces/a', 'tracesx/a', 'trace', 'traces', 'drops.txt'])(
    'keeps %s among the artifacts',
    async (key) => {
      await objects.put(key, body);
      expect(await artifacts.list('')).toEqual([key]);
      expect(await objects.list('')).toEqual([key]);
    },
  );

  test('lists both sorted as one where a prefix may be of either', async () => {
    for (const key of ['traces/b', 'tools/a', 'traces', 'runs/a', 'judgements/c']) await objects.put(key, body);
    expect(await objects.list('')).toEqual(['judgements/c', 'runs/a', 'tools/a', 'traces', 'traces/b']);
    expect(await objects.list('t')).toEqual(['tools/a', 'traces', 'traces/b']);
    expect(await objects.list('traces')).toEqual(['traces', 'traces/b']);
    expect(await objects.list('traces/')).toEqual(['traces/b']);
    expect(await objects.list('to')).toEqual(['tools/a']);
  });

  test('passes over what lies in the wrong one: it could not be read', async () => {
    await traces.put('access-logs/a', body);
    await artifacts.put('drops/a', body);
    expect(await objects.list('')).toEqual([]);
    expect(await objects.get('access-logs/a')).toBeUndefined();
  });
});
