import { expect, test } from 'vitest';
import { judgedRecordSchema, type SnapshotRecord } from '../../../../shared/domain/traces/trace-record.ts';
import { judgeTraces } from '../../../../shared/loop/snapshot/judge-traces.ts';
import { acquireLease } from '../../../../shared/operations/lease.ts';
import { readJsonl, writeJsonl } from '../../../../shared/ports/documents.ts';
import type { Judge, JudgeRequest } from '../../../../shared/ports/judge.ts';
import { noUsage } from '../../../../shared/ports/long-work.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { completeStage } from '../../../helpers/complete-stage.ts';
import { sampleModel } from '../../../helpers/lineage-samples.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';
import { putPlan, samplePrepared } from '../../../helpers/record-samples.ts';

const spam = labelOutput('spam');
const ham = labelOutput('ham');
const record = (traceId: string, change: Partial<SnapshotRecord>): SnapshotRecord => ({
  traceId,
  groupId: traceId,
  folds: [0],
  use: 'evidence',
  timestamp: '2026-01-01T00:00:00Z',
  input: `text ${traceId}`,
  slice: null,
  steps: null,
  recorded: spam,
  judgement: null,
  answer: spam,
  confidence: 0.9,
  runnerUp: null,
  ...change,
});

test('the judge of the model is asked, as often as it takes, for what no judgement on record settles', async () => {
  const asked: JudgeRequest[] = [];
  const judge: Judge = {
    name: 'slow',
    mustAgree: false,
    async start(_key, request) {
      asked.push(request);
      return { status: 'working', handle: 1, done: 0, total: 2, waitSeconds: 0 };
    },
    async advance(handle) {
      if (handle === 1) return { status: 'working', handle: 2, done: 1, total: 2, waitSeconds: 0 };
      const by = { kind: 'llm', id: 'slow', reason: 'as the rubric says' } as const;
      const value = [
        { traceId: 'passes', verdict: 'pass' as const, expected: null, judge: by },
        { traceId: 'fails', verdict: 'fail' as const, expected: ham, judge: by },
        { traceId: 'settled', verdict: 'fail' as const, expected: ham, judge: by },
      ];
      return { status: 'done', value: { answers: value, unusable: 0, trouble: null }, usage: noUsage };
    },
  };
  const ports = { ...memoryPorts(), judges: new Map([[judge.name, judge]]) };
  const model = sampleModel({ judge: judge.name });
  await putPlan(ports, { model });
  const run = { runId: 'r1', modelId: model.modelId, seed: 1 };
  const human = { kind: 'human', id: 'ana', reason: '' } as const;
  await writeJsonl(ports.objects, 'answered.jsonl', [
    record('settled', { judgement: { verdict: 'pass', expected: spam, judge: human } }),
    record('passes', {}),
    record('fails', {}),
    record('unsaid', {}),
    record('silent', { answer: null }),
  ]);

  const { output } = await completeStage(
    judgeTraces,
    {
      run,
      lease: await acquireLease(run, 'test', 15, ports),
      iteration: 0,
      item: 'chunk-0000',
      prepared: samplePrepared,
      answered: { chunkId: 'chunk-0000', answeredKey: 'answered.jsonl' },
    },
    ports,
  );

  expect(asked.map(({ answers }) => answers.map(({ traceId }) => traceId))).toEqual([['passes', 'fails', 'unsaid']]);
  const judged = await readJsonl(ports.objects, output.judgedKey, judgedRecordSchema);
  expect(judged.map(({ traceId, verdict, expected, judgedBy }) => [traceId, verdict, expected, judgedBy?.id])).toEqual([
    ['settled', 'pass', spam, 'ana'],
    ['passes', 'pass', spam, 'slow'],
    ['fails', 'fail', ham, 'slow'],
    ['unsaid', 'unknown', null, undefined],
    ['silent', 'unknown', null, undefined],
  ]);
});
