import { describe, expect, it } from 'vitest';
import { evidenceOf } from '../../../../shared/domain/evaluation/evidence-record.ts';
import { allFolds } from '../../../../shared/domain/evaluation/ledger.ts';
import type { SplitRecord } from '../../../../shared/domain/traces/trace-record.ts';
import { finalTest } from '../../../../shared/loop/decision/final-test.ts';
import type { DecisionRef } from '../../../../shared/loop/state/decision.ts';
import { finalTestSchema } from '../../../../shared/loop/state/test-result.ts';
import { readJson, writeJsonl } from '../../../../shared/ports/documents.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { foldModels } from '../../../helpers/fold-models.ts';
import { sampleCheckpoint } from '../../../helpers/lineage-samples.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';
import { putPlan, sampleHead, samplePrepared, sampleRecord } from '../../../helpers/record-samples.ts';
import { stageContext } from '../../../helpers/stage-context.ts';

const spam = labelOutput('spam');
const ham = labelOutput('ham');
const fails = { verdict: 'fail', answer: ham } as const;
const records = [
  sampleRecord('p1', { slice: 'mail' }),
  sampleRecord('p2', { folds: [4] }),
  sampleRecord('p3', { expected: ham, answer: ham, slice: 'mail' }),
  sampleRecord('f1', { ...fails, slice: 'chat' }),
  sampleRecord('f2', { ...fails, folds: [7] }),
  sampleRecord('suspect', { ...fails, triage: { category: 'suspect-judgement', kind: 'k', reason: '' } as never }),
  sampleRecord('everywhere', { ...fails, folds: [], use: 'none' }),
];
const reported = [
  sampleRecord('r1', { folds: allFolds, use: 'report' }),
  sampleRecord('r2', { ...fails, folds: allFolds, use: 'report' }),
];

async function test(given: readonly SplitRecord[], options: { without?: readonly string[]; kept?: boolean } = {}) {
  const ports = memoryPorts({
    // As it is served the candidate knows all; the champion fails what it failed.
    answer: (input, { ref }) => (ref === 'served' || !/f\d|r2/.test(input) ? 'spam' : 'ham'),
  });
  await putPlan(ports);
  const served = { predictor: 'embedded', ref: 'served', digest: null };
  await ports.lineage.putCheckpoint(sampleCheckpoint({ checkpointId: 'new', served, folds: foldModels(10) }));
  await writeJsonl(ports.objects, 'records', given);
  await writeJsonl(
    ports.objects,
    'evidence',
    evidenceOf(given, () => true),
  );
  // Out of fold it loses p2 and mends f1.
  const answers = evidenceOf(given, () => true)
    .filter(({ exampleId }) => options.without?.includes(exampleId) !== true)
    .map(({ exampleId, expected }) => {
      const right = !['p2', 'f2'].includes(exampleId);
      return { exampleId, output: right ? expected : ham, confidence: 0.9, right };
    });
  await writeJsonl(ports.objects, 'answers', answers);
  const chosen = { candidateId: 'c1', checkpointId: 'new', key: 'c1.json' };
  const decision: DecisionRef = {
    next: 'promote',
    reason: '',
    historyKey: null,
    chosen: options.kept === true ? null : chosen,
    answersKey: options.kept === true ? null : 'answers',
    iteration: { number: 1, kind: 'first', move: 'first', historyKey: null },
  };
  const split = { recordsKey: 'records', evidence: { key: 'evidence', size: 0, right: 0 } };
  const output = await finalTest.run(
    {
      ...sampleHead,
      prepared: samplePrepared,
      split: { ...split, failures: 0, enoughEvidence: true, reason: null, people: 'p', keptOut: null },
      decision,
    },
    stageContext(ports),
  );
  if (!('testKey' in output)) throw new Error('it is not done');
  return output.testKey === null ? null : readJson(ports.objects, output.testKey, finalTestSchema);
}

const setsOf = (result: Awaited<ReturnType<typeof test>>) =>
  Object.fromEntries((result?.sets ?? []).map(({ name, before, after }) => [name, [before, after]]));

describe('the figures of the candidate decided on', () => {
  it('are out of fold on what triage kept: all traffic, the champion’s failures, its passes', async () => {
    expect(setsOf(await test(records))).toEqual({
      traffic: [
        { right: 3, of: 5 },
        { right: 3, of: 5 },
      ],
      failures: [
        { right: 0, of: 2 },
        { right: 1, of: 2 },
      ],
      passes: [
        { right: 3, of: 3 },
        { right: 2, of: 3 },
      ],
    });
  });

  it('are of the same records for both: what a dear candidate cannot answer unseen counts for neither', async () => {
    expect(setsOf(await test(records, { without: ['p1', 'f1'] })).traffic).toEqual([
      { right: 2, of: 3 },
      { right: 1, of: 3 },
    ]);
  });

  it('come by label and by slice, with what was answered for what', async () => {
    const result = await test(records);
    expect(result?.byFacet).toEqual([
      { facet: 'ham', before: { tp: 1, fp: 2, fn: 0 }, after: { tp: 1, fp: 2, fn: 0 } },
      { facet: 'spam', before: { tp: 2, fp: 0, fn: 2 }, after: { tp: 2, fp: 0, fn: 2 } },
    ]);
    expect(result?.bySlice.map(({ name, before, after }) => [name, before.right, after.right])).toEqual([
      ['chat', 0, 1],
      ['mail', 2, 2],
    ]);
    expect(result?.confusion).toEqual([
      { expected: 'ham', answered: 'ham', right: true, before: 1, after: 1 },
      { expected: 'spam', answered: 'ham', right: false, before: 2, after: 2 },
      { expected: 'spam', answered: 'spam', right: true, before: 2, after: 2 },
    ]);
  });

  it('say how many of the failures it trained on it has learnt, as it is served', async () => {
    const result = await test([...records, ...reported]);
    expect(result?.allFailuresFixed).toEqual({ right: 3, of: 3 });
  });

  it('open the share for the report where there is one, with both as they are served', async () => {
    expect(setsOf(await test([...records, ...reported])).report).toEqual([
      { right: 1, of: 2 },
      { right: 2, of: 2 },
    ]);
    expect(setsOf(await test(records)).report).toBeUndefined();
  });

  it('are none where no candidate was decided on', async () => {
    expect(await test(records, { kept: true })).toBeNull();
  });
});

it('a champion whose answer is unknown counts as wrong', async () => {
  const silent = sampleRecord('f3', { verdict: 'fail', answer: null, expected: spam });
  expect((await test([silent]))?.confusion).toEqual([
    { expected: 'spam', answered: 'spam', right: true, before: 0, after: 1 },
    { expected: 'spam', answered: null, right: false, before: 1, after: 0 },
  ]);
});
