import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { DuckDbTraceLog } from '../../shared/adapters/duckdb/duckdb-trace-log.ts';
import { DuckDbTraceQuery } from '../../shared/adapters/duckdb/duckdb-trace-query.ts';
import { TraceBatches } from '../../shared/adapters/duckdb/trace-batches.ts';
import { DirectoryObjectStore } from '../../shared/adapters/local/directory-object-store.ts';
import { digest } from '../../shared/domain/base/ids.ts';
import { asOutput } from '../../shared/domain/base/output.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import { FixedClock } from '../helpers/fixed-clock.ts';
import { MemoryObjectStore } from '../helpers/memory-object-store.ts';
import { MemoryTraceLog } from '../helpers/memory-trace-log.ts';
import { rejection } from '../helpers/rejection.ts';
import { sampleJudgement, sampleTrace } from '../helpers/trace-samples.ts';
import { traceLogContract } from './trace-log-contract.ts';

vi.setConfig({ testTimeout: 60_000 });

const all = { limit: 1_000 };
const batch = {
  traces: [sampleTrace(), sampleTrace({ traceId: 't2', timestamp: '2026-01-01T23:30:00-01:00' })],
  judgements: [sampleJudgement()],
};

traceLogContract('DuckDB over a directory', async () => {
  const root = await mkdtemp(join(tmpdir(), 'ratchet-test-'));
  const clock = new FixedClock();
  const log = new DuckDbTraceLog({ objects: new DirectoryObjectStore(join(root, "it's [a] *store*")), clock });
  return {
    log,
    clock,
    dispose: async () => {
      await log.close();
      await rm(root, { recursive: true, force: true });
    },
  };
});

traceLogContract('DuckDB over objects that must be copied to be read', async () => {
  const clock = new FixedClock();
  const log = new DuckDbTraceLog({ objects: new MemoryObjectStore(), clock });
  return { log, clock, dispose: () => log.close() };
});

traceLogContract('the fake in memory', async () => {
  const clock = new FixedClock();
  return { log: new MemoryTraceLog(clock), clock, dispose: async () => undefined };
});

describe('the Parquet of the trace log', () => {
  let objects: MemoryObjectStore;
  let log: DuckDbTraceLog;
  beforeEach(() => {
    objects = new MemoryObjectStore();
    log = new DuckDbTraceLog({ objects, clock: new FixedClock() });
  });
  afterEach(() => log.close());

  test('of before outputs could be other than text is read like the new, alone and beside it', async () => {
    await log.append('m1', 'b1', batch);
    for (const key of await objects.list('')) if (key.endsWith('.parquet')) await withoutNewColumns(key);
    await asBefore();
    const old = await log.read('m1', all);
    expect(old.map(({ trace }) => trace.output)).toEqual(['spam', 'spam']);
    expect(old.flatMap(({ judgements }) => judgements.map(({ expected }) => expected))).toEqual(['ham']);

    const output = asOutput({ entities: [] });
    const traces = [sampleTrace({ traceId: 't3', timestamp: '2026-01-02T12:00:00Z', output })];
    const judgements = [sampleJudgement({ judgementId: 'j2', traceId: 't3', expected: output })];
    await log.append('m1', 'b2', { traces, judgements });
    expect(await log.read('m1', all)).toEqual([{ trace: traces[0], judgements }, ...old]);
  });

  /** Rewrites a file as version 0.1.0 wrote it. */
  async function withoutNewColumns(key: string): Promise<void> {
    const column = key.startsWith('traces/') ? 'output_is_json' : 'expected_is_json';
    const folder = await mkdtemp(join(tmpdir(), 'ratchet-test-'));
    const [from, to] = [join(folder, 'new.parquet'), join(folder, 'old.parquet')];
    await writeFile(from, (await objects.get(key)) ?? '');
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    await connection.run(
      `COPY (SELECT * EXCLUDE (${column}) FROM read_parquet('${from}')) TO '${to}' (FORMAT parquet)`,
    );
    connection.closeSync();
    instance.closeSync();
    await objects.put(key, await readFile(to));
    await rm(folder, { recursive: true });
  }

  /** Commits the only batch as versions before the journal did, of its files as they are now. */
  async function asBefore(): Promise<void> {
    const key = 'batches/_journal/m1/000000/000000001.json';
    const { digests: _, seal: __, ...commit } = JSON.parse(new TextDecoder().decode(await objects.get(key)));
    const files = [...commit.judgementKeys, ...commit.traceKeys];
    const digests = await Promise.all(files.map(async (file) => digest((await objects.get(file)) ?? '')));
    const older = JSON.stringify({ ...commit, digest: digest(...digests) });
    await objects.put('batches/m1/b1.json', new TextEncoder().encode(older));
    await objects.delete(key);
  }

  test('takes traces of thousands of different days in one batch, in bounded memory', async () => {
    const small = new DuckDbTraceLog({ objects, clock: new FixedClock(), limits: { memory: '128MB', threads: 2 } });
    const traces = Array.from({ length: 1_500 }, (_, day) =>
      sampleTrace({ traceId: `t${day}`, timestamp: new Date(Date.UTC(2021, 0, 1 + day)).toISOString() }),
    );
    await small.append('m1', 'b1', { traces, judgements: [] });
    const read = await small.read('m1', { limit: 2_000 });
    expect(read.map(({ trace }) => trace)).toEqual(traces.toReversed());
    expect(await objects.list('traces/m1/')).toHaveLength(1_500);
    await small.close();
  });

  test('of before the journal comes first, and what is appended after it goes into the journal', async () => {
    await log.append('m1', 'b1', batch);
    await asBefore();
    await log.append('m1', 'b1', { traces: [], judgements: [] });
    await log.append('m1', 'a2', { traces: [sampleTrace({ traceId: 't3' })], judgements: [] });
    expect((await log.history('m1')).map(({ position, batchId }) => [position, batchId])).toEqual([
      [1, 'b1'],
      [2, 'a2'],
    ]);
    await log.erase('m1', ['t1']);
    expect((await log.history('m1')).map(({ position, traces }) => [position, traces])).toEqual([
      [1, 1],
      [2, 1],
    ]);
    expect((await log.read('m1', all)).map(({ trace }) => trace.traceId)).toEqual(['t2', 't3']);
  });

  test('lies under the model, the UTC date and the batch, beside a commit that lists it', async () => {
    await log.append('m1', 'b1', batch);
    expect(await objects.list('')).toEqual([
      'batches/_journal/m1/000000/000000001.json',
      'judgements/m1/b1.parquet',
      'traces/m1/date=2026-01-01/b1.parquet',
      'traces/m1/date=2026-01-02/b1.parquet',
    ]);
    const commit = JSON.parse(new TextDecoder().decode(await objects.get('batches/_journal/m1/000000/000000001.json')));
    expect(commit).toMatchObject({
      schemaVersion: 1,
      batchId: 'b1',
      appendedAt: '2026-01-01T00:00:00.000Z',
      arrival: 1,
      traces: 2,
      judgements: 1,
      traceKeys: ['traces/m1/date=2026-01-01/b1.parquet', 'traces/m1/date=2026-01-02/b1.parquet'],
      judgementKeys: ['judgements/m1/b1.parquet'],
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      digests: Array.from({ length: 3 }, () => expect.stringMatching(/^[0-9a-f]{64}$/)),
    });
  });

  test('is held against the digests on record, however it was exchanged', async () => {
    await log.append('m1', 'b1', batch);
    await log.append('m1', 'b2', {
      traces: [sampleTrace({ traceId: 't3' })],
      judgements: [sampleJudgement({ judgementId: 'j2', traceId: 't2', verdict: 'pass' })],
    });
    const [one, other] = ['judgements/m1/b1.parquet', 'judgements/m1/b2.parquet'] as const;
    const whole = (await objects.get(one)) ?? new Uint8Array();
    const readings: readonly (() => Promise<unknown>)[] = [
      () => log.read('m1', all),
      () => log.judgementsOf('m1', ['t1']),
      () => log.erase('m1', ['t3']),
      () => new DuckDbTraceQuery({ objects }).query('m1', 'SELECT count(*) FROM judgements'),
    ];
    await objects.put(one, (await objects.get(other)) ?? new Uint8Array());
    for (const reading of readings) {
      const error = await rejection(reading());
      expect(error.name).toBe('CorruptArtifact');
      expect(error.message).toContain(one);
      expect(error.mend).toContain('backup');
    }
    await objects.put(one, whole);
    for (const reading of readings) await reading();
  });

  test('of an older commit is held against the digest of the whole batch', async () => {
    await log.append('m1', 'b1', batch);
    await asBefore();
    expect(await log.read('m1', all)).toHaveLength(2);
    await log.append('m2', 'b1', { traces: [], judgements: [sampleJudgement({ verdict: 'pass' })] });
    await objects.put('judgements/m1/b1.parquet', (await objects.get('judgements/m2/b1.parquet')) ?? new Uint8Array());
    expect((await rejection(log.read('m1', all))).name).toBe('CorruptArtifact');
  });

  test('of one batch that two processes append at once is that of the one that was first', async () => {
    const slow = new DuckDbTraceLog({ objects, clock: new FixedClock() });
    await log.append('m1', 'b0', { traces: [sampleTrace({ traceId: 't0' })], judgements: [] });
    // Files of an append that died, of another arrival: their bytes differ.
    const dying = new DuckDbTraceLog({ objects: failingAfter(objects, 3), clock: new FixedClock() });
    await expect(dying.append('m1', 'b1', batch)).rejects.toThrow('killed');
    await log.append('m1', 'between', { traces: [], judgements: [] });
    await Promise.all([slow.append('m1', 'b1', batch), log.append('m1', 'b1', batch)]);
    expect(await log.read('m1', all)).toHaveLength(3);
    await Promise.all([slow.close(), dying.close()]);
  });

  test('that was rewritten before its batch was committed passes when it is', async () => {
    let erase: (() => Promise<unknown>) | null = async () => log.erase('m1', ['t1']);
    const slow = new DuckDbTraceLog({
      clock: new FixedClock(),
      objects: Object.assign(Object.create(objects), {
        get: (key: string) => objects.get(key),
        list: (prefix: string) => objects.list(prefix),
        put: (key: string, body: Uint8Array) => objects.put(key, body),
        putIfAbsent: async (key: string, body: Uint8Array) => {
          if (key.includes('_journal')) {
            const now = erase;
            erase = null;
            await now?.();
          }
          return objects.putIfAbsent(key, body);
        },
      }),
    });
    const both = [sampleTrace(), sampleTrace({ traceId: 't2' })];
    await slow.append('m1', 'b1', { traces: both, judgements: [] });
    expect((await log.read('m1', all)).map(({ trace }) => trace.traceId)).toEqual(['t2']);
    await slow.close();
  });

  test('is not there for a reader until the batch is committed, and whole after it is appended again', async () => {
    for (let allowed = 0; allowed < 4; allowed += 1) {
      const id = `b${allowed}`;
      const dying = new DuckDbTraceLog({ objects: failingAfter(objects, allowed), clock: new FixedClock() });
      const version = await log.version('m1');
      await expect(dying.append('m1', id, batch)).rejects.toThrow('killed');
      await dying.close();
      expect(await log.read('m1', all)).toEqual([]);
      expect(await log.version('m1')).toBe(version);
      expect(await log.knownTraces('m1', ['t1'])).toEqual(new Map());
    }
    await log.append('m1', 'b3', batch);
    expect(await log.read('m1', all)).toHaveLength(2);
  });

  test('can be read wherever erasing was broken off, with each batch whole or without the trace, and ends then', async () => {
    const logged = {
      traces: [
        ...batch.traces,
        sampleTrace({ traceId: 'secret', input: 'call me at home', timestamp: '2026-01-01T10:00:00Z' }),
      ],
      judgements: [...batch.judgements, sampleJudgement({ judgementId: 'j9', traceId: 'secret', verdict: 'fail' })],
    };
    const later = { traces: [], judgements: [sampleJudgement({ judgementId: 'j10', traceId: 'secret' })] };
    let brokenOff = 0;
    for (let allowed = 0; ; allowed += 1) {
      objects = new MemoryObjectStore();
      const healthy = new DuckDbTraceLog({ objects, clock: new FixedClock() });
      await healthy.append('m1', 'b1', logged);
      await healthy.append('m1', 'b2', later);
      const whole = await healthy.read('m1', all);
      const dying = new DuckDbTraceLog({ objects: failingAfter(objects, allowed), clock: new FixedClock() });
      const ended = await dying.erase('m1', ['secret']).then(
        () => true,
        (error: unknown) => String(error).includes('killed') && false,
      );
      await dying.close();
      if (!ended) {
        brokenOff += 1;
        const now = await healthy.read('m1', all);
        const without = whole.filter(({ trace }) => trace.traceId !== 'secret');
        const found = now.find(({ trace }) => trace.traceId === 'secret');
        expect(now.filter((one) => one !== found)).toEqual(without);
        if (found !== undefined) expect(found.trace.input).toBe('call me at home');
        // From the first write on, the log itself knows what was to be erased.
        await healthy.erase('m1', allowed === 0 ? ['secret'] : []);
      }
      expect((await healthy.read('m1', all)).map(({ trace }) => trace.traceId)).toEqual(['t2', 't1']);
      expect(await rowsWith('secret')).toEqual([]);
      expect(await healthy.erasedAmong('m1', ['secret'])).toEqual(new Set(['secret']));
      await healthy.close();
      if (ended) break;
    }
    // A tombstone; two files and a commit; a commit; five deletions.
    expect(brokenOff).toBeGreaterThanOrEqual(8);
  });

  test('does not show a reader a batch half erased, who asks again where a file went away meanwhile', async () => {
    await log.append('m1', 'b1', batch);
    const reader = new DuckDbTraceLog({
      clock: new FixedClock(),
      objects: Object.assign(Object.create(objects), {
        withLocalFile: async <T>(key: string, use: (path: string) => Promise<T>): Promise<T> => {
          if ((await objects.list('batches/m1/erased/')).length === 0) await log.erase('m1', ['t1']);
          return objects.withLocalFile(key, use);
        },
        get: (key: string) => objects.get(key),
        list: (prefix: string) => objects.list(prefix),
      }),
    });
    expect((await reader.read('m1', all)).map(({ trace }) => trace.traceId)).toEqual(['t2']);
    await reader.close();
  });

  test('of a batch that was never committed is looked through too', async () => {
    const dying = new DuckDbTraceLog({ objects: failingAfter(objects, 3), clock: new FixedClock() });
    await expect(dying.append('m1', 'b1', batch)).rejects.toThrow('killed');
    await dying.close();
    expect(await rowsWith('t1')).toHaveLength(2);
    await log.erase('m1', ['t1']);
    expect(await rowsWith('t1')).toEqual([]);
    expect(await rowsWith('t2')).toHaveLength(1);
  });

  /** The Parquet files that hold rows of a trace, whatever a commit says of them. */
  async function rowsWith(traceId: string): Promise<readonly string[]> {
    const folder = await mkdtemp(join(tmpdir(), 'ratchet-test-'));
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const found: string[] = [];
    for (const key of await objects.list('')) {
      if (!key.endsWith('.parquet')) continue;
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

  test('that is gone or damaged is named, not passed over', async () => {
    await log.append('m1', 'b1', batch);
    await objects.put('judgements/m1/b1.parquet', new TextEncoder().encode('this is no Parquet file at all'));
    expect((await rejection(log.read('m1', all))).name).toBe('CorruptArtifact');
    await objects.delete('judgements/m1/b1.parquet');
    const error = await rejection(log.read('m1', all));
    expect(error.name).toBe('ObjectMissing');
    expect(error.message).toContain('judgements/m1/b1.parquet');
    const reopened = new DuckDbTraceLog({ objects, clock: new FixedClock() });
    await objects.put('batches/_journal/m1/000000/000000001.json', new TextEncoder().encode('{}'));
    expect((await rejection(reopened.read('m1', all))).message).toContain('_journal/m1/000000/000000001.json');
    await reopened.close();
  });

  test('refuses a trace whose date is no date of four digits, and appends nothing', async () => {
    const traces = [sampleTrace({ timestamp: '9999-12-31T23:59:59-01:00' })];
    expect((await rejection(log.append('m1', 'b1', { traces, judgements: [] }))).name).toBe('InvalidInput');
    expect(await objects.list('')).toEqual([]);
  });

  test('tells the history of commits that did not count verdicts yet, without a number', async () => {
    await log.append('m1', 'b1', batch);
    const key = 'batches/_journal/m1/000000/000000001.json';
    const { judged: _, failed: __, seal: ___, ...older } = JSON.parse(new TextDecoder().decode(await objects.get(key)));
    await objects.put(key, new TextEncoder().encode(JSON.stringify(older)));
    expect(await new TraceBatches(objects).history('m1')).toMatchObject([{ traces: 2, judged: null, failed: null }]);
  });

  test('can be used again after it was closed', async () => {
    await log.append('m1', 'b1', batch);
    await log.close();
    await log.close();
    expect(await log.read('m1', all)).toHaveLength(2);
  });
});

/** A store whose process dies at the write after so many. */
function failingAfter(objects: ObjectStore, writes: number): ObjectStore {
  let left = writes;
  const count = () => {
    left -= 1;
    if (left < 0) throw new Error('killed');
  };
  return {
    get: (key) => objects.get(key),
    list: (prefix) => objects.list(prefix),
    delete: async (key) => {
      count();
      await objects.delete(key);
    },
    withLocalFile: (key, use) => objects.withLocalFile(key, use),
    put: async (key, body) => {
      count();
      await objects.put(key, body);
    },
    putIfAbsent: async (key, body) => {
      count();
      return objects.putIfAbsent(key, body);
    },
  };
}
