import { expect, test } from 'vitest';
import { trafficToday } from '../../../shared/operations/traffic-today.ts';
import type { TraceLog } from '../../../shared/ports/trace-log.ts';
import { classificationTask } from '../../../shared/tasks/classification/classification-spec.ts';
import { taskKinds } from '../../../shared/tasks/task-kinds.ts';
import { FixedClock } from '../../helpers/fixed-clock.ts';
import { MemoryTraceLog } from '../../helpers/memory-trace-log.ts';
import { sampleJudgement, sampleTrace } from '../../helpers/trace-samples.ts';

const model = { modelId: 'm1', task: classificationTask(['ham', 'spam']), changes: [] };
const batch = (position: number, traces: number, judged: number | null = traces) => ({
  position,
  batchId: `b${position}`,
  appendedAt: '2026-03-01T00:00:00Z',
  traces,
  judgements: traces,
  judged,
  failed: judged === null ? null : Math.floor(judged / 2),
  corrected: judged === null ? null : 0,
});

async function logOf() {
  const log = new MemoryTraceLog(new FixedClock());
  await log.append('m1', 'b1', { traces: [sampleTrace()], judgements: [sampleJudgement()] });
  const readings: number[] = [];
  const traceLog: TraceLog = Object.assign(Object.create(log), {
    read: (modelId: string, options: Parameters<TraceLog['read']>[1]) => {
      readings.push(options.limit);
      return log.read(modelId, options);
    },
  });
  return { readings, ports: { traceLog, tasks: taskKinds } };
}

test('traces of several batches are read and counted once each', async () => {
  const { readings, ports } = await logOf();
  expect(await trafficToday(model, [batch(1, 1), batch(2, 99_999)], ports)).toMatchObject({ judged: 1, failed: 1 });
  expect(readings).toEqual([100_000]);
});

test('more than 100,000 are told by the batches, without a look at them', async () => {
  const { readings, ports } = await logOf();
  const told = await trafficToday(model, [batch(1, 1), batch(2, 100_000)], ports);
  expect(told).toMatchObject({ traces: 100_001, judged: 100_001, failed: 50_000 });
  expect(readings).toEqual([]);
});

test('batches that told no figures yet are read, however many traces there are', async () => {
  const { readings, ports } = await logOf();
  await trafficToday(model, [batch(1, 100_000, null), batch(2, 100_000)], ports);
  expect(readings).toEqual([200_000]);
});
