import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { cloudPorts } from '../../../functions/_middleware/cloud-ports.ts';
import { withTraceLog } from '../../../functions/_middleware/with-trace-log.ts';
import { DuckDbTraceLog } from '../../../shared/adapters/duckdb/duckdb-trace-log.ts';
import { digest } from '../../../shared/domain/base/ids.ts';
import type { ObjectStore } from '../../../shared/ports/object-store.ts';
import type { ReadOptions, TraceLog } from '../../../shared/ports/trace-log.ts';
import { athenaLogs } from '../../helpers/athena-logs.ts';
import { rejection } from '../../helpers/rejection.ts';
import { hostileTexts, sampleJudgement, sampleTrace } from '../../helpers/trace-samples.ts';

// The whole contract of a trace log is held by `npm run test:athena`.

let logs: Awaited<ReturnType<typeof athenaLogs>>;
beforeAll(async () => {
  logs = await athenaLogs();
});
afterAll(() => logs.close());

const all = { limit: 1_000 };
const texts = hostileTexts.filter((text) => text !== '').map((text) => text.slice(0, 500));

/** A trace that came before with another text, one of its own, and one whose id and texts are hostile. */
async function fill(log: TraceLog, batch: number): Promise<void> {
  const ids = ['again', `t${batch}`, texts[batch] ?? ''];
  await log.append('m1', `b${batch}`, {
    traces: ids.map((traceId, place) =>
      sampleTrace({ traceId, timestamp: `2026-01-0${1 + place}T00:00:00Z`, input: `${batch} ${traceId}` }),
    ),
    judgements: [
      sampleJudgement({ judgementId: `j${batch}`, traceId: texts[batch] ?? '' }),
      sampleJudgement({ judgementId: `k${batch}`, traceId: `t${batch - 2}`, verdict: 'pass' }),
      ...(batch === 4 ? [sampleJudgement({ judgementId: 'r', traceId: 't1', verdict: null, retracts: 'k3' })] : []),
    ],
  });
}

async function expectSame(log: TraceLog, other: TraceLog, readings: readonly ReadOptions[]): Promise<void> {
  for (const options of readings) expect(await log.read('m1', options)).toEqual(await other.read('m1', options));
}

test('Athena reads what DuckDB reads of a log that was merged, judged, taken back and erased of', async () => {
  const { log, objects, clock, dispose } = await logs.create({ mergedTogether: [2, 4] });
  const other = new DuckDbTraceLog({ objects, clock });
  for (let batch = 0; batch < 7; batch += 1) await fill(log, batch);
  expect(await objects.list('traces/m1/date=2026-01-01/-')).not.toEqual([]);
  await expectSame(log, other, [
    { ...all, retracted: true },
    { limit: 4, after: 2, through: 6 },
    { ...all, humanJudgedAfter: 5 },
    { ...all, traceIds: ['t1', 'again', 'none', texts[2] ?? ''] },
  ]);
  const ids = ['again', 'none', ...texts];
  expect(await log.knownTraces('m1', ids)).toEqual(await other.knownTraces('m1', ids));
  expect(await log.judgementsOf('m1', ids)).toEqual(await other.judgementsOf('m1', ids));

  // An erasure that ends before what it changed is merged anew: merged files hold a batch as it was.
  const dying = new DuckDbTraceLog({ objects: withoutMerging(objects), clock, mergedTogether: [2, 4] });
  await expect(dying.erase('m1', ['again', 't2'])).rejects.toThrow('killed');
  await expectSame(log, other, [all, { ...all, through: 5 }]);
  await log.erase('m1', []);
  await expectSame(log, other, [all]);
  expect(await logs.queries.list('results/')).toEqual([]);
  await Promise.all([other.close(), dying.close()]);
  await dispose();
});

test.each(['listings/traces/', 'listings/chosen/'])(
  'Athena reads anew where files went away before it wrote to %s',
  async (folder) => {
    let erase: (() => Promise<unknown>) | null = null;
    const { log, dispose } = await logs.create({
      beforeList: async (key) => {
        const now = key.startsWith(folder) ? erase : null;
        if (now !== null) erase = null;
        await now?.();
      },
    });
    await log.append('m1', 'b1', {
      traces: [sampleTrace({ traceId: 'gone' }), sampleTrace({ traceId: `of ${folder}` })],
      judgements: [sampleJudgement({ traceId: 'gone' }), sampleJudgement({ traceId: `of ${folder}` })],
    });
    erase = () => log.erase('m1', ['gone']);
    const read = await log.read('m1', all);
    expect(read.map(({ trace, judgements }) => [trace.traceId, judgements.length])).toEqual([[`of ${folder}`, 1]]);
    expect(erase).toBeNull();
    await dispose();
  },
);

test('a log whose files cannot be read, or not in time, says so', async () => {
  const { log, objects, dispose } = await logs.create();
  await log.append('m1', 'b1', { traces: [sampleTrace()], judgements: [] });
  await objects.delete('traces/m1/date=2026-01-01/b1.parquet');
  expect(await rejection(log.read('m1', all))).toMatchObject({ name: 'StorageFailure' });
  await dispose();
  const late = await logs.create({ timeoutMs: 0 });
  await late.log.append('m1', 'b1', { traces: [sampleTrace({ traceId: 'late' })], judgements: [] });
  const error = await rejection(late.log.knownTraces('m1', ['late']));
  expect(error).toMatchObject({ name: 'StorageFailure', mend: expect.stringContaining('traceLog duckdb') });
  expect(error.message).toContain('longer than 0 ms');
  await late.dispose();
});

test('a function whose deployment has it so reads the trace log by Athena', async () => {
  const { log, environment, dispose } = await logs.create();
  await log.append('m1', 'b1', { traces: [sampleTrace({ traceId: 'f1' })], judgements: [] });
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const lists = await logs.queries.list('listings/chosen/');
  const { ports } = cloudPorts([withTraceLog]);
  expect(await ports.traceLog.knownTraces('m1', ['f1', 'f2'])).toEqual(
    new Map([['f1', { inputDigest: digest('some text') }]]),
  );
  expect(await logs.queries.list('listings/chosen/')).toHaveLength(lists.length + 1);
  vi.unstubAllEnvs();
  await dispose();
});

/** A store whose process dies when it begins to merge. */
function withoutMerging(objects: ObjectStore): ObjectStore {
  const refuse = async (key: string) => {
    if (key.includes('/-') || key.includes('_merged')) throw new Error('killed');
  };
  return {
    get: (key) => objects.get(key),
    list: (prefix) => objects.list(prefix),
    delete: (key) => objects.delete(key),
    withLocalFile: (key, use) => objects.withLocalFile(key, use),
    put: async (key, body) => {
      await refuse(key);
      await objects.put(key, body);
    },
    putIfAbsent: async (key, body) => {
      await refuse(key);
      return objects.putIfAbsent(key, body);
    },
  };
}
