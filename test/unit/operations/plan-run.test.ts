import { beforeEach, describe, expect, test } from 'vitest';
import { digest } from '../../../shared/domain/base/ids.ts';
import { moveChampion } from '../../../shared/domain/models/control.ts';
import { updateControl } from '../../../shared/operations/control-item.ts';
import { planLines, planRun } from '../../../shared/operations/plan-run.ts';
import { encodeJsonl } from '../../../shared/ports/documents.ts';
import type { Predictor } from '../../../shared/ports/predictor.ts';
import type { Trainer } from '../../../shared/ports/trainer.ts';
import { sampleCheckpoint, sampleDataset, sampleModel } from '../../helpers/lineage-samples.ts';
import { toExamples } from '../../helpers/made-up-intents.ts';
import { type MemoryPorts, memoryPorts } from '../../helpers/memory-ports.ts';
import { sampleJudgement, sampleTrace } from '../../helpers/trace-samples.ts';

let plain: MemoryPorts;
beforeEach(() => {
  plain = memoryPorts();
});

/** Of 10 traces that are judged and 5 that are not, and 2 examples. */
async function plan(trainer: Partial<Trainer>, predictor: Partial<Predictor> = {}, enoughRecords = 0) {
  const own = [...plain.trainers.values()].map((one): Trainer => ({ ...one, ...trainer }));
  const answering = [...plain.predictors.values()].map((one): Predictor => ({ ...one, ...predictor }));
  const ports = {
    ...plain,
    trainers: new Map(own.map((one) => [one.name, one])),
    predictors: new Map(answering.map((one) => [one.name, one])),
  };
  const { settings } = sampleModel();
  await ports.lineage.createModel(
    sampleModel({ settings: { ...settings, maxIterations: 2, maxClusters: 3, probesPerCluster: 4, enoughRecords } }),
  );
  const examples = toExamples([
    { input: 'late', output: 'ham' },
    { input: 'win!', output: 'spam' },
  ]);
  const written = encodeJsonl(examples);
  await ports.objects.put('datasets/d1.jsonl', written);
  const manifest = { ...sampleDataset().manifest, examples: 2 };
  await ports.lineage.putDataset(sampleDataset({ manifest, digest: digest(written) }));
  await ports.lineage.putCheckpoint(sampleCheckpoint());
  await updateControl('m1', ports, (control) =>
    moveChampion(control, { at: '2026-01-01T00:00:00.000Z', to: 'c1', kind: 'create', by: 'ana', reason: 'first' }),
  );
  const ids = Array.from({ length: 15 }, (_, at) => `t${at}`);
  await ports.traceLog.append('m1', 'b1', {
    traces: ids.map((traceId) => sampleTrace({ traceId, input: 'a text' })),
    judgements: ids
      .slice(0, 10)
      .map((traceId) => sampleJudgement({ judgementId: `j-${traceId}`, traceId, verdict: 'pass' })),
  });
  return planRun('m1', ports);
}

const byToken: Partial<Trainer> = {
  cost: 'dear',
  foldModels: 1,
  first: () => [{}],
  byToken: {
    mostTraining: (_, __, { examples, bytes }) => examples + bytes / 1_000,
    mostAnswers: (_, __, inputs) => inputs.length / 100,
  },
};

describe('what a run will cost', () => {
  test('is nothing to speak of where training and answers are cheap', async () => {
    const made = await plan({});
    expect(made).toEqual({ short: null, trainings: null, answers: null, mostUsd: 0 });
    expect(planLines(made)).toEqual([]);
  });

  test('tells of a trainer that is paid by the token what trainings and what candidates are asked cost at most', async () => {
    const made = await plan(byToken);
    // 10 traces and 2 examples, of 10 bytes and of 7 and 8; the fold model trains on four of five parts.
    expect(made.trainings).toMatchObject({ atMost: 2, examples: 12, foldModels: 1 });
    expect(made.trainings?.each.usd).toBeCloseTo(12.115 * 1.8, 9);
    // Twice, the two traces of a fifth, by the fold model and what is served; in the end all of them.
    expect(made.answers).toEqual({ inputs: 18, mostUsd: expect.closeTo(0.18, 9) });
    expect(made.mostUsd).toBeCloseTo(2 * 12.115 * 1.8 + 0.18, 9);
    expect(planLines(made)[1]).toBe('Estimate: 18 answers that are paid for at most, $0.1800 at most.');
  });

  test('has the champion’s answers and probes too, where they are paid for', async () => {
    const made = await plan(byToken, { mostCost: async (_, inputs) => inputs.length / 10, isPaid: () => true });
    expect(made.answers).toEqual({ inputs: 18 + 15 + 12, mostUsd: expect.closeTo(0.18 + 2.7, 9) });
  });

  test('is nothing where too little is judged for the few fold models of a dear trainer, and says how much more it takes', async () => {
    const answers: Partial<Predictor> = { mostCost: async (_, inputs) => inputs.length / 10, isPaid: () => true };
    const made = await plan(byToken, answers, 50);
    expect(made).toMatchObject({ trainings: null, answers: null, mostUsd: 0 });
    const [line = '', ...others] = planLines(made);
    expect(others).toEqual([]);
    const said =
      /^Too little evidence: (\d+) of 10 records of evidence are in the one part of 5 that embedded trains a fold model for, 50 are needed: about (\d+) judged traces more\. The run ends before its diagnosis/.exec(
        line,
      );
    expect(Number(said?.[2])).toBe((50 - Number(said?.[1])) * 5);
    // Ten traces of one text are in one fold.
    expect(['0', '10']).toContain(said?.[1]);
  });

  test('has no answers where no price is known of them', async () => {
    const made = await plan(
      { ...byToken, byToken: { mostTraining: () => 1, mostAnswers: () => null } },
      { mostCost: async () => null, isPaid: () => false },
    );
    expect(made).toMatchObject({ answers: null, mostUsd: expect.closeTo(2 * 1.8, 9) });
  });
});
