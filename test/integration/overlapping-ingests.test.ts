import { expect, test, vi } from 'vitest';
import { checkModel } from '../../cli/doctor/check-model.ts';
import { DuckDbTraceLog } from '../../shared/adapters/duckdb/duckdb-trace-log.ts';
import { defaultBackEnds } from '../../shared/composition/default-back-ends.ts';
import { defaultSettings } from '../../shared/domain/models/settings.ts';
import type { IngestResult } from '../../shared/intake/ingest-result.ts';
import { ingestTraces } from '../../shared/intake/ingest-traces.ts';
import { isDueByHistory } from '../../shared/operations/run-outlook.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import type { TraceLog } from '../../shared/ports/trace-log.ts';
import { classificationTask } from '../../shared/tasks/classification/classification-spec.ts';
import { type MemoryPorts, memoryPorts } from '../helpers/memory-ports.ts';
import { bytesOf } from '../unit/intake/bytes.ts';

vi.setConfig({ testTimeout: 120_000 });

const model = {
  modelId: 'mail',
  task: classificationTask(['ham', 'spam']),
  ...defaultBackEnds,
  trainerOptions: {},
  settings: { ...defaultSettings, runAfterFailures: 5 },
  splitSalt: 'salt',
  createdAt: '2026-01-01T00:00:00Z',
  revision: 0,
  changes: [],
};

/** A workspace's stores, and logs of processes of their own over them. */
async function workspace() {
  const ports = memoryPorts();
  await ports.lineage.createModel(model);
  const logs: DuckDbTraceLog[] = [];
  const process = (objects: ObjectStore = ports.objects): Ports & { traceLog: TraceLog } => {
    const traceLog = new DuckDbTraceLog({ objects, clock: ports.clock });
    logs.push(traceLog);
    return { ...ports, objects, traceLog };
  };
  return { ports, process, close: () => Promise.all(logs.map((log) => log.close())) };
}

/** Judged traces t<from> to t<to>, all wrong. */
const failures = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from + 1 }, (_, index) =>
    JSON.stringify({
      ...{
        traceId: `t${from + index}`,
        timestamp: '2026-01-01T00:00:00Z',
        input: `win ${from + index}`,
        output: 'ham',
      },
      ...{ expected: 'spam', judge: { kind: 'human', id: 'ana', reason: '' } },
    }),
  );

function ingest(lines: readonly string[], ports: Ports): Promise<IngestResult> {
  const sources = [{ name: 'traces.jsonl', open: async () => bytesOf(lines.join('\n')) }];
  return ingestTraces({ modelId: 'mail', sources }, ports);
}

/** The same, with something else done between what it reads of the log and what it appends. */
function interrupted(ports: Ports, between: () => Promise<unknown>): Ports {
  let left = 1;
  const { traceLog } = ports;
  const append: TraceLog['append'] = async (...request) => {
    if (left-- > 0) await between();
    return traceLog.append(...request);
  };
  return { ...ports, traceLog: Object.assign(Object.create(traceLog), boundTo(traceLog), { append }) };
}

function boundTo(log: TraceLog): Omit<TraceLog, 'append'> {
  return {
    knownTraces: (...request) => log.knownTraces(...request),
    judgementsOf: (...request) => log.judgementsOf(...request),
    read: (...request) => log.read(...request),
    erase: (...request) => log.erase(...request),
    erasedAmong: (...request) => log.erasedAmong(...request),
    history: (...request) => log.history(...request),
    version: (...request) => log.version(...request),
  };
}

/** What doctor and the trigger count. */
async function counted(ports: MemoryPorts, log: TraceLog) {
  const history = await log.history('mail');
  const sum = (of: 'traces' | 'judgements' | 'judged' | 'failed') =>
    history.reduce((total, batch) => total + (batch[of] ?? 0), 0);
  const checks = await checkModel('mail', { ...ports, at: '' }, ports.clock.now());
  const control = await ports.lineage.getControl('mail');
  if (control === undefined) throw new Error('no control item');
  return {
    sums: [sum('traces'), sum('judgements'), sum('judged'), sum('failed')],
    doctor: checks.find(({ name }) => name === 'mail: traces')?.detail,
    trigger: isDueByHistory('traces-ingested', { model, control, runs: [], history, drift: null }).reason,
  };
}

const fourFailures = {
  sums: [4, 4, 4, 4],
  doctor: '4 traces, 4 judgements',
  trigger: '4 traces were judged to fail so far; a run begins at 5.',
};

test('two ingests that share traces and run at once count each trace once, for doctor and for the trigger', async () => {
  const { ports, process, close } = await workspace();
  const [one, other] = [process(), process()];
  const overtaken = await ingest(
    failures(1, 3),
    interrupted(one, () => ingest(failures(2, 4), other)),
  );
  expect(overtaken).toMatchObject({ ingested: 1, judgements: 1, alreadyKnown: 2 });
  expect(await counted(ports, one.traceLog)).toEqual(fourFailures);
  expect(await one.traceLog.read('mail', { limit: 10 })).toHaveLength(4);
  await close();
});

test('a judgement that comes while its trace does is counted', async () => {
  const { ports, process, close } = await workspace();
  const [one, other] = [process(), process()];
  const [trace, judgement] = [
    { traceId: 't1', timestamp: '2026-01-01T00:00:00Z', input: 'win', output: 'ham' },
    { traceId: 't1', expected: 'spam', judge: { kind: 'human', id: 'ana', reason: '' } },
  ].map((fields) => JSON.stringify(fields)) as [string, string];
  const joined = await ingest(
    [judgement],
    interrupted(one, () => ingest([trace], other)),
  );
  expect(joined).toMatchObject({ judgements: 1, parked: 0 });
  expect((await counted(ports, one.traceLog)).sums).toEqual([1, 1, 1, 1]);
  await close();
});

test('what was killed anywhere while another ingest came in between is counted once when it is ingested again', async () => {
  for (let writes = 0; ; writes += 1) {
    const { ports, process, close } = await workspace();
    const dying = process(dyingAfter(writes, ports.objects));
    const other = process();
    const ended = await ingest(
      failures(1, 3),
      interrupted(dying, () => ingest(failures(2, 4), other)),
    ).then(
      () => true,
      (error: unknown) => {
        if (!(error instanceof Error && error.message === 'killed')) throw error;
        return false;
      },
    );
    if (!ended) await ingest(failures(1, 3), process());
    expect(await counted(ports, process().traceLog)).toEqual(fourFailures);
    await close();
    if (ended) {
      expect(writes).toBeGreaterThanOrEqual(3);
      return;
    }
  }
});

test('ingests of many processes at once, each sharing traces with the next, come to what is in the log', async () => {
  const { ports, process, close } = await workspace();
  const given = await Promise.all([1, 3, 5, 7, 9].map((from) => ingest(failures(from, from + 3), process())));
  const log = process().traceLog;
  expect((await counted(ports, log)).sums).toEqual([12, 12, 12, 12]);
  // Two that are left with the same traces write the same batch, and both tell of it; the log has it once.
  expect(given.reduce((sum, { ingested }) => sum + ingested, 0)).toBeGreaterThanOrEqual(12);
  for (const { ingested, alreadyKnown } of given) expect(ingested + alreadyKnown).toBe(4);
  expect(await log.read('mail', { limit: 100 })).toHaveLength(12);
  await close();
});

/** A store whose process dies at the write after so many. */
function dyingAfter(writes: number, objects: ObjectStore): ObjectStore {
  let left = writes;
  const count = () => {
    left -= 1;
    if (left < 0) throw new Error('killed');
  };
  return {
    get: (key) => objects.get(key),
    list: (prefix) => objects.list(prefix),
    delete: (key) => objects.delete(key),
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
