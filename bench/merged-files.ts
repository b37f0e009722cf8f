import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DuckDbTraceLog } from '../shared/adapters/duckdb/duckdb-trace-log.ts';
import { journalKey, type TraceBatchCommit, TraceBatches } from '../shared/adapters/duckdb/trace-batches.ts';
import { fingerprintsOf } from '../shared/adapters/duckdb/trace-fingerprints.ts';
import { DirectoryObjectStore } from '../shared/adapters/local/directory-object-store.ts';
import { asOutput } from '../shared/domain/base/output.ts';
import type { Trace } from '../shared/domain/traces/trace.ts';
import type { ObjectStore } from '../shared/ports/object-store.ts';

const usage = `npm run bench:merging -- [--drops 2000] [--entries 105120]

What small drops cost a reader, before they are merged and after: 288 a day, 20 judged traces each, in a directory. With
--entries, what telling a year's history takes of a log of so many commits, without files of traces.`;

const { values } = parseArgs({
  options: {
    drops: { type: 'string', default: '0' },
    entries: { type: 'string', default: '0' },
    help: { type: 'boolean', default: false },
  },
});
const start = Date.UTC(2026, 0, 1);
const between = (24 * 3_600_000) / 288;
const tracesOfDrop = 20;
const encoder = new TextEncoder();
let now = start;
const clock = { now: () => now };

if (values.help) process.stdout.write(`${usage}\n`);
if (Number(values.drops) > 0) await readers(Number(values.drops));
if (Number(values.entries) > 0) await history(Number(values.entries));

async function readers(drops: number): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'ratchet-merging-'));
  const objects = new DirectoryObjectStore(root);
  const plain = new DuckDbTraceLog({ objects, clock, mergedTogether: [] });
  const filling = await timed(async () => {
    for (let drop = 0; drop < drops; drop += 1) {
      now = start + drop * between;
      await plain.append('m1', `drop-${drop}`, dropOf(drop));
    }
  });
  tell('fill', filling);
  tell('read before', await timedRead(objects));
  const merging = new DuckDbTraceLog({ objects, clock });
  const steps: number[] = [];
  for (let before = -1; ; ) {
    const step = await timed(() => merging.mergeSmallFiles('m1'));
    const count = (await objects.list('batches/_merged/m1/')).length;
    if (count === before) break;
    before = count;
    steps.push(step.cpuSeconds);
  }
  tell('merge', { steps: steps.length, mostCpuSeconds: Math.max(...steps) });
  tell('read after', await timedRead(objects));
  await Promise.all([plain.close(), merging.close()]);
  await rm(root, { recursive: true, force: true });
}

async function timedRead(objects: ObjectStore): Promise<object> {
  const opened = new Map([
    ['get', 0],
    ['file', 0],
    ['list', 0],
  ]);
  const count = (what: string) => opened.set(what, (opened.get(what) ?? 0) + 1);
  const counting: ObjectStore = Object.assign(Object.create(objects), {
    get: (key: string) => count('get') && objects.get(key),
    list: (prefix: string) => count('list') && objects.list(prefix),
    withLocalFile: <T>(key: string, use: (path: string) => Promise<T>) =>
      count('file') && objects.withLocalFile(key, use),
  });
  const log = new DuckDbTraceLog({ objects: counting, clock });
  const took = await timed(async () => void (await log.read('m1', { limit: 100_000 })));
  await log.close();
  return { ...took, ...Object.fromEntries(opened) };
}

function dropOf(drop: number) {
  const timestamp = new Date(start + drop * between).toISOString();
  const ids = Array.from({ length: tracesOfDrop }, (_, at) => `trace-${drop}-${at}`);
  return {
    traces: ids.map(
      (traceId): Trace => ({
        traceId,
        modelId: 'm1',
        timestamp,
        input: `what is the balance of account ${traceId} as of today please`,
        output: asOutput('balance'),
      }),
    ),
    judgements: ids.map((traceId) => ({
      judgementId: `judged-${traceId}`,
      traceId,
      verdict: 'pass' as const,
      judge: { kind: 'llm' as const, id: 'judge', reason: 'as asked' },
      judgedAt: timestamp,
    })),
  };
}

async function history(entries: number): Promise<void> {
  const bodies = new Map<string, Uint8Array>();
  const objects = inMemory(bodies);
  for (let position = 1; position <= entries; position += 1) {
    bodies.set(journalKey('m1', position), encoder.encode(JSON.stringify(commitOf(position))));
    if (position % 1_000 !== 0) continue;
    // The next append folds the block before; what is folded is not read again.
    await new TraceBatches(objects).commit('m1', commitOf(position + 1));
    for (const key of bodies.keys())
      if (key < journalKey('m1', position) && key.includes('/_journal/')) bodies.delete(key);
  }
  tell('blocks', { folded: (await objects.list('batches/_blocks/')).length / 2 });
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const reading = new TraceBatches(objects);
  const took = await timed(async () => void (await reading.history('m1')));
  const mbUncollected = mb(process.memoryUsage().heapUsed - before);
  globalThis.gc?.();
  tell('history', { entries, ...took, mbUncollected, mbKept: mb(process.memoryUsage().heapUsed - before) });
}

function commitOf(position: number): TraceBatchCommit {
  const name = `drop-${String(position).padStart(16, '0')}`;
  const digest = '0'.repeat(64);
  return {
    schemaVersion: 1,
    batchId: name,
    appendedAt: new Date(start + position * between).toISOString(),
    arrival: position,
    traces: tracesOfDrop,
    judgements: tracesOfDrop,
    judged: tracesOfDrop,
    failed: 3,
    traceKeys: [`traces/m1/date=2026-01-01/${name}.parquet`],
    judgementKeys: [`judgements/m1/${name}.parquet`],
    digest,
    digests: [digest, digest],
    bytes: 9_000,
    fingerprints: fingerprintsOf(Array.from({ length: tracesOfDrop }, (_, at) => `${name}-${at}`)),
  };
}

function inMemory(bodies: Map<string, Uint8Array>): ObjectStore {
  return {
    get: async (key) => bodies.get(key),
    put: async (key, body) => void bodies.set(key, body),
    putIfAbsent: async (key, body) => !bodies.has(key) && bodies.set(key, body) !== undefined,
    list: async (prefix) => [...bodies.keys()].filter((key) => key.startsWith(prefix)).sort(),
    delete: async (key) => void bodies.delete(key),
    withLocalFile: () => Promise.reject(new Error('there are no files here')),
  };
}

async function timed(
  work: () => Promise<void>,
): Promise<{ readonly wallSeconds: number; readonly cpuSeconds: number }> {
  const [wall, cpu] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { wallSeconds: (performance.now() - wall) / 1e3, cpuSeconds: (user + system) / 1e6 };
}

function mb(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}

function tell(what: string, figures: object): void {
  process.stdout.write(`${what}: ${JSON.stringify(figures)}\n`);
}
