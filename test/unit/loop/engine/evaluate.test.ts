import { describe, expect, test } from 'vitest';
import type { EvaluationItem } from '../../../../shared/domain/evaluation/evaluation-set.ts';
import { analystRun } from '../../../../shared/loop/engine/analyst-run.ts';
import { evaluateInSlices, readCheckpoint } from '../../../../shared/loop/engine/evaluate.ts';
import { Unfinished } from '../../../../shared/loop/engine/stage.ts';
import { predictorNamed } from '../../../../shared/ports/back-ends.ts';
import type { Predictor } from '../../../../shared/ports/predictor.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { sampleCheckpoint, sampleRun } from '../../../helpers/lineage-samples.ts';
import { MemoryBudgets } from '../../../helpers/memory-budgets.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';
import { samplePlan } from '../../../helpers/record-samples.ts';
import { rejection } from '../../../helpers/rejection.ts';
import { stageContext } from '../../../helpers/stage-context.ts';

const spam = labelOutput('spam');
const items = ['spam 1', 'ham 2', 'nothing 3', 'spam 4'].map(
  (input): EvaluationItem => ({ exampleId: `e ${input}`, input, expected: spam, right: true }),
);

/** A predictor that answers with the first word of an input, and with nothing to `nothing`. */
function prepared(change: Partial<Predictor> = {}) {
  const memory = memoryPorts({
    answer: (input) => (input.startsWith('nothing') ? null : (input.split(' ')[0] ?? null)),
  });
  const predictor = { ...predictorNamed('embedded', memory), ...change };
  const ports = { ...memory, budgets: new MemoryBudgets(), predictors: new Map([[predictor.name, predictor]]) };
  const paidBy = analystRun(samplePlan({ run: sampleRun({ budgetUsd: 2 }) }));
  return { ports, request: { name: 'answers', checkpoint: sampleCheckpoint(), items, paidBy } };
}

describe('evaluation', () => {
  test('grades each answer against what is right, in the order of the items', async () => {
    const { ports, request } = prepared();
    expect(await evaluateInSlices(request, stageContext(ports))).toEqual([
      { exampleId: 'e spam 1', output: 'spam', confidence: 0.9, right: true },
      { exampleId: 'e ham 2', output: 'ham', confidence: 0.9, right: false },
      { exampleId: 'e nothing 3', output: null, confidence: 0, right: false },
      { exampleId: 'e spam 4', output: 'spam', confidence: 0.9, right: true },
    ]);
  });

  test('is without what the budget does not cover', async () => {
    const { ports, request } = prepared({
      chunk: 1,
      mostCost: async () => 2,
      predict: async (_, inputs, options) => {
        options?.onUsage?.({ inputTokens: 1, outputTokens: 1, usd: 2 });
        return inputs.map(() => ({ output: spam, confidence: 0.9, alternatives: [] }));
      },
    });
    const given = await evaluateInSlices(request, stageContext(ports));
    expect(given).toMatchObject([{ exampleId: 'e spam 1', right: true }]);
    expect(given).toHaveLength(1);
  });

  test('goes on later where the time of a call is over', async () => {
    const { ports, request } = prepared({ chunk: 1 });
    const context = { ...stageContext(ports), deadline: ports.clock.now() - 1 };
    expect(await evaluateInSlices(request, context)).toBeInstanceOf(Unfinished);
  });
});

test('a checkpoint of the lineage is found, and one that is not there is said to be unknown', async () => {
  const { ports } = prepared();
  const checkpoint = sampleCheckpoint({ checkpointId: 'c9' });
  await ports.lineage.putCheckpoint(checkpoint);
  expect(await readCheckpoint('m1', 'c9', ports)).toEqual(checkpoint);
  expect((await rejection(readCheckpoint('m1', 'c8', ports))).name).toBe('UnknownCheckpoint');
});
