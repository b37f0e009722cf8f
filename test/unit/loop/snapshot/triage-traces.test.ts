import { expect, test } from 'vitest';
import { type Example, exampleSchema } from '../../../../shared/domain/models/example.ts';
import type { JudgedRecord } from '../../../../shared/domain/traces/trace-record.ts';
import { triageTraces } from '../../../../shared/loop/snapshot/triage-traces.ts';
import { readJsonl, writeJson, writeJsonl } from '../../../../shared/ports/documents.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { sampleCheckpoint, sampleDataset, sampleModel, sampleRun } from '../../../helpers/lineage-samples.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';
import { stageContext } from '../../../helpers/stage-context.ts';
import { watched } from '../../../helpers/training.ts';

/**
 * Every fifth was learnt as "spam" and has since been called "ham" by a person; the judge corrects every fourth of the
 * others.
 */
const records = Array.from({ length: 40 }, (_, at): JudgedRecord => {
  const human = at % 5 === 0;
  const expected = human || at % 4 === 0 ? 'ham' : 'spam';
  const judge = { kind: human ? ('human' as const) : ('llm' as const), id: 'j', reason: '' };
  return {
    traceId: `t${at}`,
    timestamp: '2026-01-01T00:00:00.000Z',
    input: `text ${at}`,
    slice: null,
    steps: null,
    recorded: labelOutput('spam'),
    judgement: { verdict: expected === 'spam' ? 'pass' : 'fail', expected: labelOutput(expected), judge },
    answer: labelOutput('spam'),
    confidence: 0.9,
    runnerUp: null,
    verdict: expected === 'spam' ? 'pass' : 'fail',
    expected: labelOutput(expected),
    judgedBy: judge,
  };
});
const learnt = records.map(
  ({ input }, at): Example => ({
    exampleId: `e${at}`,
    input,
    output: labelOutput('spam'),
    weight: 1,
    slice: 'gold',
    provenance: { kind: 'file', line: at + 1 },
  }),
);

test('triage-traces teaches its models what a person says in place of what the champion learnt of the same input', async () => {
  const ports = memoryPorts({ answer: () => 'spam' });
  const trained: Example[][] = [];
  const inner = ports.trainers.get('embedded');
  if (inner === undefined) throw new Error('the ports have no trainer');
  const trainer = watched(inner, async ({ datasetKey }) => {
    trained.push(await readJsonl(ports.objects, datasetKey, exampleSchema));
  });
  const model = sampleModel();
  const champion = sampleCheckpoint();
  await writeJson(ports.objects, 'plan.json', {
    run: sampleRun(),
    model,
    champion,
    parentDataset: sampleDataset(),
    parentExamplesKey: 'parent-examples.jsonl',
    frozenSets: [],
    logVersion: '',
  });
  await writeJsonl(ports.objects, 'judged.jsonl', records);
  await writeJsonl(ports.objects, 'parent-examples.jsonl', learnt);

  const { suspects } = await triageTraces.run(
    {
      run: { runId: 'r1', modelId: model.modelId, seed: 1 },
      lease: { owner: 'test', fencingToken: 1 },
      iteration: 0,
      item: 'all',
      prepared: { planKey: 'plan.json', championId: champion.checkpointId, traces: records.length },
      judged: [{ chunkId: 'chunk-0000', judgedKey: 'judged.jsonl' }],
    },
    stageContext({ ...ports, trainers: new Map([['embedded', trainer]]) }),
  );

  expect(suspects).toBe(0);
  expect(trained.length).toBe(8);
  const outputsOf = (folds: readonly Example[][], index: number) =>
    new Set(folds.flatMap((fold) => fold.filter(({ input }) => input === `text ${index}`).map(({ output }) => output)));
  for (const folds of [trained.slice(0, 4), trained.slice(4)]) expect(outputsOf(folds, 5)).toEqual(new Set(['ham']));
  // A correction by the judge alone trains beside what the champion learnt, and not at all to the models of agreed
  // records.
  expect(outputsOf(trained.slice(0, 4), 4)).toEqual(new Set(['ham', 'spam']));
  expect(outputsOf(trained.slice(4), 4)).toEqual(new Set(['spam']));
});
