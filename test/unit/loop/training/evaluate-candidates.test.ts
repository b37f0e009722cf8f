import { describe, expect, test } from 'vitest';
import type { TaskSpec } from '../../../../shared/domain/base/task-spec.ts';
import { type EvaluationAnswer, evaluationAnswerSchema } from '../../../../shared/domain/evaluation/evaluation-set.ts';
import type { EvidenceRecord } from '../../../../shared/domain/evaluation/evidence-record.ts';
import { evaluateCandidates } from '../../../../shared/loop/training/evaluate-candidates.ts';
import { readJsonl, writeJsonl } from '../../../../shared/ports/documents.ts';
import type { Predictor } from '../../../../shared/ports/predictor.ts';
import type { Trainer } from '../../../../shared/ports/trainer.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { generationSpecFrom } from '../../../../shared/tasks/generation/generation-spec.ts';
import { foldModels } from '../../../helpers/fold-models.ts';
import { sampleCheckpoint } from '../../../helpers/lineage-samples.ts';
import { MemoryBudgets } from '../../../helpers/memory-budgets.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';
import { putPlan, sampleEvidence, sampleHead, samplePlan, samplePrepared } from '../../../helpers/record-samples.ts';
import { stageContext } from '../../../helpers/stage-context.ts';

interface Given {
  readonly evidence: readonly EvidenceRecord[];
  readonly preceding?: readonly EvidenceRecord[];
  readonly earlier?: readonly EvidenceRecord[];
  readonly folds?: Parameters<typeof foldModels>;
  readonly trainer?: Partial<Trainer>;
  readonly answer?: (input: string, ref: string) => string | null;
  readonly task?: TaskSpec;
  /** What makes its answers cost something. */
  readonly paid?: Pick<Predictor, 'mostCost' | 'chunk'>;
}

async function evaluate({ evidence, preceding = [], earlier = [], folds = [10], trainer, answer, task, paid }: Given) {
  const plain = memoryPorts({ answer: (input, { ref }) => (answer === undefined ? 'spam' : answer(input, ref)) });
  const trainers = new Map([...plain.trainers].map(([name, one]) => [name, { ...one, ...trainer }]));
  const predictors = new Map([...plain.predictors].map(([name, one]) => [name, { ...one, ...paid }]));
  const ports = { ...plain, trainers, predictors, budgets: new MemoryBudgets() };
  await putPlan(ports, { run: { ...samplePlan().run, budgetUsd: 1 } });
  await ports.lineage.putCheckpoint(
    sampleCheckpoint({ checkpointId: 'new', folds: foldModels(...folds), ...(task && { task }) }),
  );
  const files = { evidence, preceding, earlier };
  for (const [key, records] of Object.entries(files)) await writeJsonl(ports.objects, key, records);
  const ref = (key: string) => ({ key, size: 0, right: 0 });
  const output = await evaluateCandidates.run(
    {
      ...sampleHead,
      item: 'i1-c1',
      prepared: samplePrepared,
      split: { evidence: ref('evidence') },
      lineage: { preceding: ref('preceding'), earlier: ref('earlier') },
      candidate: { candidateId: 'i1-c1', checkpointId: 'new', key: 'candidate.json' },
    },
    stageContext(ports),
  );
  if (!('answersKey' in output)) throw new Error('it is not done');
  const answers = await readJsonl(ports.objects, output.answersKey, evaluationAnswerSchema);
  return { output, answers };
}

const spread = Array.from({ length: 10 }, (_, fold) => sampleEvidence(`t${fold}`, { folds: [fold] }));
const dear = { cost: 'dear', foldModels: 2 } as const;
const idsOf = (answers: readonly EvaluationAnswer[]) => answers.map(({ exampleId }) => exampleId);

describe('a candidate’s answers', () => {
  test('are those of the fold model that has not seen each record', async () => {
    const { answers, output } = await evaluate({ evidence: spread, answer: (_, ref) => ref });
    expect(answers.map(({ output: given }) => given)).toEqual(spread.map((_, fold) => labelOutput(`part-${fold}`)));
    expect(output).toMatchObject({ candidateId: 'i1-c1', size: 10, right: 0, fit: null });
  });

  test('are graded, each once, over the evidence and all that promotions froze', async () => {
    const frozen = [
      sampleEvidence('t1', { folds: [1] }),
      sampleEvidence('old', { folds: [4], expected: labelOutput('ham') }),
    ];
    const { answers, output } = await evaluate({ evidence: spread, preceding: frozen, earlier: frozen });
    expect(idsOf(answers).sort()).toEqual(['old', ...idsOf(spread as never)].sort());
    expect(answers.filter(({ right }) => !right).map(({ exampleId }) => exampleId)).toEqual(['old']);
    expect(output).toMatchObject({ size: 11, right: 10 });
  });

  test('are held against what is right by now', async () => {
    const before = sampleEvidence('t0', { expected: labelOutput('ham') });
    const { answers } = await evaluate({ evidence: [sampleEvidence('t0')], preceding: [before] });
    expect(answers.map(({ right }) => right)).toEqual([true]);
  });

  test('are undecided where somebody would have to judge them', async () => {
    const task = generationSpecFrom({ options: { checker: 'judge' } });
    const given: Record<string, string | null> = { 'text of t0': 'Spam', 'text of t1': 'junk', 'text of t2': null };
    const { answers } = await evaluate({ evidence: spread.slice(0, 3), task, answer: (input) => given[input] ?? null });
    expect(answers.map(({ right, undecided }) => [right, undecided ?? false])).toEqual([
      [true, false],
      [false, true],
      [false, false],
    ]);
  });

  test('are those that the budget covers, where they cost something; how many it does not is told', async () => {
    const paid = { chunk: 1, mostCost: async () => 0.3 };
    const { answers, output } = await evaluate({ evidence: spread, paid });
    expect(answers).toHaveLength(10);
    expect(output.notAsked).toBeUndefined();
    const dearer = { chunk: 1, mostCost: async (_: unknown, inputs: readonly string[]) => inputs.length * 1.01 };
    const none = await evaluate({ evidence: spread, paid: dearer });
    expect([none.answers, none.output.notAsked, none.output.size]).toEqual([[], 10, 0]);
  });

  test('are given of suspects too', async () => {
    const { answers } = await evaluate({ evidence: [sampleEvidence('s', { kept: false })] });
    expect(idsOf(answers)).toEqual(['s']);
  });
});

describe('a dear candidate', () => {
  test('answers only what its few fold models have not seen', async () => {
    const { answers } = await evaluate({ evidence: spread, folds: [5, [0, 1]], trainer: dear });
    expect(idsOf(answers)).toEqual(['t0', 't1', 't2', 't3']);
  });

  test('is asked as it is served about the same records, kept ones, which it was trained on', async () => {
    const evidence = [...spread, sampleEvidence('suspect', { folds: [1], kept: false })];
    const wrong = (input: string) => ['text of t2', 'text of suspect'].includes(input);
    const { output } = await evaluate({
      evidence,
      folds: [5, [0, 1]],
      trainer: dear,
      answer: (input, ref) => (ref === 'artifacts/c1' ? 'ham' : wrong(input) ? 'ham' : 'spam'),
    });
    expect(output.fit).toEqual({ pool: 0, outOfFold: 0.75 });
  });

  test('fits where it knows what it was trained on', async () => {
    const { output } = await evaluate({ evidence: spread, folds: [5, [0, 1]], trainer: dear });
    expect(output.fit).toEqual({ pool: 1, outOfFold: 1 });
  });
});
