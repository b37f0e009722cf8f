import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ServedTraces } from '../../../cli/served-traces.ts';
import { RatchetError } from '../../../shared/domain/base/errors.ts';
import { labelOutput } from '../../../shared/tasks/classification/label.ts';
import { sampleModel } from '../../helpers/lineage-samples.ts';
import { type MemoryPorts, memoryPorts } from '../../helpers/memory-ports.ts';

let ports: MemoryPorts;

beforeEach(async () => {
  vi.useFakeTimers();
  ports = memoryPorts();
  await ports.lineage.createModel(sampleModel());
});
afterEach(() => {
  vi.useRealTimers();
});

const served = () => new ServedTraces(sampleModel(), 'c1', ports);
const answered = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    line: { input: `text ${index}`, others: { id: index, metadata: { slice: 'eu' } } },
    prediction: { output: labelOutput('spam'), confidence: 0.8, alternatives: [] },
  }));
const recorded = () => ports.traceLog.read('m1', { limit: 100_000 });

describe('ServedTraces', () => {
  test('records what was answered, by whom, with what else the line held, under new ids', async () => {
    const traces = served();
    const ids = await traces.add(answered(2));
    expect(new Set(ids).size).toBe(2);
    await traces.flush();
    expect(traces.recorded).toBe(2);
    const found = (await recorded()).map(({ trace }) => trace);
    expect(found.map(({ traceId }) => traceId).sort()).toEqual([...ids].sort());
    expect(found.find(({ input }) => input === 'text 1')).toMatchObject({
      checkpointId: 'c1',
      output: 'spam',
      confidence: 0.8,
      metadata: { id: 1, slice: 'eu' },
      timestamp: '2026-01-01T00:00:00.000Z',
    });
  });

  test('replaces what the model is set to redact before anything is stored', async () => {
    const model = sampleModel();
    const traces = new ServedTraces({ ...model, settings: { ...model.settings, redact: ['email'] } }, 'c1', ports);
    const [first] = answered(1);
    if (first === undefined) throw new Error('there is no line');
    await traces.add([{ ...first, line: { input: 'mail ana@example.org', others: { from: 'ana@example.org' } } }]);
    await traces.flush();
    const [found] = await recorded();
    expect(JSON.stringify(found)).not.toContain('ana@');
    expect(found?.trace).toMatchObject({ input: 'mail «EMAIL-1»', metadata: { from: '«EMAIL-1»' } });
  });

  test('appends in batches, and what came late after a while', async () => {
    const traces = served();
    for (let batch = 0; batch < 5; batch += 1) await traces.add(answered(500));
    expect(await recorded()).toHaveLength(2_000);
    expect(await ports.traceLog.history('m1')).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await recorded()).toHaveLength(2_500);
    await traces.flush();
    expect(await ports.traceLog.history('m1')).toHaveLength(2);
  });

  test('keeps what could not be appended for the next time', async () => {
    let isFull = true;
    const { traceLog } = ports;
    const failing = {
      append: (...batch: Parameters<typeof traceLog.append>) =>
        isFull ? Promise.reject(new RatchetError('StorageFailure', 'full')) : traceLog.append(...batch),
      knownTraces: traceLog.knownTraces.bind(traceLog),
      read: traceLog.read.bind(traceLog),
      judgementsOf: traceLog.judgementsOf.bind(traceLog),
      erase: traceLog.erase.bind(traceLog),
      erasedAmong: traceLog.erasedAmong.bind(traceLog),
      history: traceLog.history.bind(traceLog),
      version: traceLog.version.bind(traceLog),
    };
    const traces = new ServedTraces(sampleModel(), 'c1', { ...ports, traceLog: failing });
    await traces.add(answered(3));
    await expect(traces.flush()).rejects.toThrow('full');
    isFull = false;
    await traces.flush();
    expect(await recorded()).toHaveLength(3);
    expect(traces.recorded).toBe(3);
  });
});
