import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { DuckDbTraceLog } from '../../shared/adapters/duckdb/duckdb-trace-log.ts';
import { DuckDbTraceQuery } from '../../shared/adapters/duckdb/duckdb-trace-query.ts';
import { DirectoryObjectStore } from '../../shared/adapters/local/directory-object-store.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import { FixedClock } from '../helpers/fixed-clock.ts';
import { MemoryObjectStore } from '../helpers/memory-object-store.ts';
import { rejection } from '../helpers/rejection.ts';
import { sampleTrace } from '../helpers/trace-samples.ts';
import { traceQueryContract } from './trace-query-contract.ts';

vi.setConfig({ testTimeout: 60_000 });

const timeoutMs = 1_500;

function over(objects: ObjectStore, cleanUp: () => Promise<void>) {
  const log = new DuckDbTraceLog({ objects, clock: new FixedClock() });
  const query = new DuckDbTraceQuery({ objects, timeoutMs });
  return {
    log,
    query,
    dispose: async () => {
      await query.close();
      await log.close();
      await cleanUp();
    },
  };
}

traceQueryContract('DuckDB over a directory', async () => {
  const root = await mkdtemp(join(tmpdir(), 'ratchet-test-'));
  return over(new DirectoryObjectStore(join(root, "it's [a] *store*")), () =>
    rm(root, { recursive: true, force: true }),
  );
});

test('DuckDB answers from memory once a model is loaded: its files may be gone', async () => {
  const objects = new MemoryObjectStore();
  const { log, query, dispose } = over(objects, async () => undefined);
  await log.append('m1', 'b1', { traces: [sampleTrace()], judgements: [] });
  expect(await query.query('m1', 'SELECT count(*) AS n FROM traces')).toEqual([{ n: 1 }]);
  for (const key of await objects.list('traces/')) await objects.delete(key);
  expect(await query.query('m1', 'SELECT input FROM traces')).toEqual([{ input: 'some text' }]);
  await dispose();
});

test('DuckDB names the file that is missing while a model is loaded, and loads it when it is back', async () => {
  const objects = new MemoryObjectStore();
  const { log, query, dispose } = over(objects, async () => undefined);
  await log.append('m1', 'b1', { traces: [sampleTrace()], judgements: [] });
  const [key = ''] = await objects.list('traces/');
  const body = (await objects.get(key)) ?? new Uint8Array();
  await objects.delete(key);
  const error = await rejection(query.query('m1', 'SELECT 1'));
  expect(error.name).toBe('ObjectMissing');
  expect(error.message).toContain(key);
  await objects.put(key, body);
  expect(await query.query('m1', 'SELECT count(*) AS n FROM traces')).toEqual([{ n: 1 }]);
  await dispose();
});

test('DuckDB keeps the models last asked for, and answers for more of them', async () => {
  const { log, query, dispose } = over(new MemoryObjectStore(), async () => undefined);
  const models = Array.from({ length: 6 }, (_, index) => `m${index}`);
  for (const modelId of models)
    await log.append(modelId, 'b1', { traces: [sampleTrace({ modelId, input: modelId })], judgements: [] });
  for (const modelId of [...models, ...models]) {
    expect(await query.query(modelId, 'SELECT input FROM traces')).toEqual([{ input: modelId }]);
  }
  await dispose();
});
