import { describe, expect, it } from 'vitest';
import { asOutput } from '../../../../shared/domain/base/output.ts';
import type { TaskSpec } from '../../../../shared/domain/base/task-spec.ts';
import type { EvaluationAnswer } from '../../../../shared/domain/evaluation/evaluation-set.ts';
import { evidenceOf } from '../../../../shared/domain/evaluation/evidence-record.ts';
import { allFolds } from '../../../../shared/domain/evaluation/ledger.ts';
import type { SplitRecord } from '../../../../shared/domain/traces/trace-record.ts';
import { finalTest } from '../../../../shared/loop/decision/final-test.ts';
import type { DecisionRef } from '../../../../shared/loop/state/decision.ts';
import { finalTestSchema } from '../../../../shared/loop/state/test-result.ts';
import { readJson, writeJsonl } from '../../../../shared/ports/documents.ts';
import type { Predictor } from '../../../../shared/ports/predictor.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { entitiesOutput } from '../../../../shared/tasks/extraction/entity.ts';
import { extractionSpecFrom } from '../../../../shared/tasks/extraction/extraction-spec.ts';
import { generationSpecFrom } from '../../../../shared/tasks/generation/generation-spec.ts';
import { foldModels } from '../../../helpers/fold-models.ts';
import { sampleCheckpoint, sampleModel, sampleRun } from '../../../helpers/lineage-samples.ts';
import { MemoryBudgets } from '../../../helpers/memory-budgets.ts';
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

interface Given {
  readonly without?: readonly string[];
  readonly kept?: boolean;
  /** Which predictor and text were asked, in turn. */
  readonly asked?: string[];
  /** What a text costs at most, and what the run may spend, US dollars. */
  readonly cost?: number;
  readonly budgetUsd?: number;
  readonly task?: TaskSpec;
  readonly answers?: readonly EvaluationAnswer[];
}

async function test(given: readonly SplitRecord[], options: Given = {}) {
  const plain = memoryPorts({
    // As it is served the candidate knows all; the champion fails what it failed.
    answer(input, { ref }) {
      options.asked?.push(`${ref} ${input}`);
      return ref === 'served' || !/f\d|r2/.test(input) ? 'spam' : 'ham';
    },
  });
  const { cost, task } = options;
  const asPaid = (one: Predictor): Predictor => ({
    ...one,
    ...(cost !== undefined && { mostCost: async (_: unknown, texts: readonly string[]) => cost * texts.length }),
    predict(asked, texts, how) {
      how?.onUsage?.({ inputTokens: 1, outputTokens: 1, usd: (cost ?? 0) * texts.length });
      return one.predict(asked, texts, how);
    },
  });
  const predictors = new Map([...plain.predictors].map(([name, one]) => [name, asPaid(one)]));
  const ports = { ...plain, predictors, budgets: new MemoryBudgets() };
  await putPlan(ports, {
    run: sampleRun(options.budgetUsd === undefined ? {} : { budgetUsd: options.budgetUsd }),
    model: sampleModel(task === undefined ? {} : { task }),
  });
  const served = { predictor: 'embedded', ref: 'served', digest: null };
  await ports.lineage.putCheckpoint(
    sampleCheckpoint({ checkpointId: 'new', served, folds: foldModels(10), ...(task !== undefined && { task }) }),
  );
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
  await writeJsonl(ports.objects, 'answers', options.answers ?? answers);
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
    const unlearnt = sampleRecord('f4', { verdict: 'fail', answer: spam, expected: ham });
    expect((await test([...records, unlearnt]))?.allFailuresFixed).toEqual({ right: 3, of: 4 });
  });

  it('open the share for the report where there is one, with both as they are served', async () => {
    expect(setsOf(await test([...records, ...reported])).report).toEqual([
      { right: 1, of: 2 },
      { right: 2, of: 2 },
    ]);
    expect(setsOf(await test(records)).report).toBeUndefined();
  });

  it('show of the share for the report what was said of it where asking costs, which is not paid for twice', async () => {
    const asked: string[] = [];
    const result = await test([...records, ...reported], { cost: 0.01, asked });
    expect(setsOf(result).report).toEqual([
      { right: 1, of: 2 },
      { right: 2, of: 2 },
    ]);
    expect(asked.filter((one) => !one.startsWith('served'))).toEqual([]);
    const free: string[] = [];
    await test([...records, ...reported], { asked: free });
    expect(free.filter((one) => !one.startsWith('served'))).toEqual(
      ['r1', 'r2'].map((id) => `artifacts/c1 text of ${id}`),
    );
  });

  it('leave out what the budget does not cover asking', async () => {
    const result = await test([...records, ...reported], { cost: 1, budgetUsd: 3 });
    expect(result?.allFailuresFixed).toEqual({ right: 3, of: 3 });
    expect(setsOf(result).report).toBeUndefined();
    expect((await test([...records, ...reported], { cost: 1, budgetUsd: 1 }))?.allFailuresFixed).toEqual({
      right: 0,
      of: 0,
    });
  });

  it('leave out what nobody could judge of the candidate', async () => {
    const answers = (['p1', 'p2', 'p3', 'f1', 'f2'] as const).map((exampleId) => ({
      ...{ exampleId, output: spam, confidence: 0.9, right: true },
      ...(exampleId === 'p1' && { undecided: true as const }),
      ...(exampleId === 'f1' && { leftOut: true as const }),
    }));
    expect(setsOf(await test(records, { answers })).traffic).toEqual([
      { right: 2, of: 3 },
      { right: 3, of: 3 },
    ]);
  });

  it('have a score and no places where answers have parts, and neither where they are labels', async () => {
    expect(await test(records)).toMatchObject({ score: null, places: null });
    const expected = asOutput({ a: 1, b: 2 });
    const other = asOutput({ a: 1, b: 3 });
    const result = await test(
      [
        sampleRecord('right', { expected, answer: expected }),
        sampleRecord('half', { expected, answer: other, verdict: 'fail' }),
      ],
      {
        task: generationSpecFrom({ options: { checker: 'json' } }),
        answers: ['right', 'half'].map((exampleId) => ({ exampleId, output: expected, confidence: 1, right: true })),
      },
    );
    expect(result?.score?.before).toMatchObject({ metric: 'field F1', value: expect.closeTo(0.75, 9) });
    expect(result?.score?.after).toMatchObject({ metric: 'field F1', value: 1 });
    expect(result?.places).toBeNull();
    expect(result?.byFacet).toEqual([
      { facet: 'a', before: { tp: 2, fp: 0, fn: 0 }, after: { tp: 2, fp: 0, fn: 0 } },
      { facet: 'b', before: { tp: 1, fp: 1, fn: 1 }, after: { tp: 2, fp: 0, fn: 0 } },
    ]);
    expect(result?.confusion).toEqual([
      { expected: '{"a":1,"b":2}', answered: '{"a":1,"b":2}', right: true, before: 1, after: 2 },
      { expected: '{"a":1,"b":2}', answered: '{"a":1,"b":3}', right: false, before: 1, after: 0 },
    ]);
  });

  it('have places and pairs of types where answers name places', async () => {
    const city = { label: 'city', start: 0, end: 4 };
    const wide = { ...city, end: 7 };
    const both = entitiesOutput([city, { label: 'dish', start: 8, end: 12 }]);
    const result = await test([sampleRecord('one', { expected: both, answer: both })], {
      task: extractionSpecFrom({ labels: [], outputs: [both] }),
      answers: [{ exampleId: 'one', output: entitiesOutput([wide]), confidence: 1, right: false }],
    });
    expect(result?.places).toEqual({
      before: { same: 2, overlapping: 0, expected: 2, answered: 2 },
      after: { same: 0, overlapping: 1, expected: 2, answered: 1 },
    });
    expect(result?.confusion).toEqual([
      { expected: 'city', answered: 'city', right: false, before: 0, after: 1 },
      { expected: 'city', answered: 'city', right: true, before: 1, after: 0 },
      { expected: 'dish', answered: 'dish', right: true, before: 1, after: 0 },
      { expected: 'dish', answered: null, right: false, before: 0, after: 1 },
    ]);
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
