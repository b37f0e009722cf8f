import { expect, test } from 'vitest';
import { jsonSchema } from '../../../../shared/domain/base/json.ts';
import { analyzeFailures } from '../../../../shared/loop/diagnosis/analyze-failures.ts';
import { analystRun } from '../../../../shared/loop/engine/analyst-run.ts';
import { Unfinished } from '../../../../shared/loop/engine/stage.ts';
import type { Analyst, ShardRequest } from '../../../../shared/ports/analyst.ts';
import { analystNamed } from '../../../../shared/ports/back-ends.ts';
import { readJson, writeJsonl } from '../../../../shared/ports/documents.ts';
import { noUsage } from '../../../../shared/ports/long-work.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';
import { putPlan, sampleHead, samplePrepared, sampleRecord } from '../../../helpers/record-samples.ts';
import { stageContext } from '../../../helpers/stage-context.ts';

const failing = { verdict: 'fail', answer: labelOutput('ham') } as const;
const records = [
  sampleRecord('passes'),
  sampleRecord('fails', failing),
  sampleRecord('fails too', failing),
  sampleRecord('suspect', { ...failing, triage: { category: 'suspect-judgement', kind: 'label-noise', reason: '' } }),
  sampleRecord('unjudged', { verdict: 'unknown', expected: null, judgement: null }),
];

/** A shard before an analyst that is done the second time it is asked. */
async function prepared() {
  const memory = memoryPorts();
  const asked: { key: string; request: ShardRequest }[] = [];
  const analyst: Analyst = {
    ...analystNamed('statistical', memory),
    analyze: {
      start: async (key, request) => {
        asked.push({ key, request });
        return { status: 'working', handle: 'later', done: 0, total: 1, waitSeconds: 1 };
      },
      advance: async () => ({ status: 'done', value: { found: 2 }, usage: noUsage }),
    },
  };
  const ports = { ...memory, analysts: new Map([[analyst.name, analyst]]) };
  const plan = await putPlan(ports);
  await writeJsonl(ports.objects, 'shard.jsonl', records);
  const shard = { shardId: 'shard-0001', key: 'shard.jsonl', records: records.length };
  const input = { ...sampleHead, item: shard.shardId, prepared: samplePrepared, shard };
  const context = stageContext(ports, (file) => `here/${file}`);
  return { ports, plan, asked, input, context };
}

test('an analyst is asked about the records of a shard that were judged and not held', async () => {
  const { plan, asked, input, context } = await prepared();
  await analyzeFailures.run(input, context);
  expect(asked.map(({ key }) => key)).toEqual(['here/analysis.json']);
  expect(asked[0]?.request).toEqual({
    run: analystRun(plan),
    shardId: 'shard-0001',
    task: plan.model.task,
    records: records.slice(0, 3),
  });
});

test('an analysis is waited for, then kept with the number of failures it is about', async () => {
  const { ports, input, context } = await prepared();
  const waiting = await analyzeFailures.run(input, context);
  if (!(waiting instanceof Unfinished)) throw new Error('it did not wait');
  expect(await ports.objects.list('here/')).toEqual([]);
  const output = await analyzeFailures.run(input, { ...context, handle: waiting.work.handle });
  expect(output).toEqual({ shardId: 'shard-0001', key: 'here/analysis.json', failures: 2 });
  expect(await readJson(ports.objects, 'here/analysis.json', jsonSchema)).toEqual({ found: 2 });
});
