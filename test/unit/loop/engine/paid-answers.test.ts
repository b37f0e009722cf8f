import { describe, expect, test } from 'vitest';
import { answeringCostSchema } from '../../../../shared/domain/models/cost.ts';
import { analystRun } from '../../../../shared/loop/engine/analyst-run.ts';
import { answerWithinBudget } from '../../../../shared/loop/engine/paid-answers.ts';
import { readJson } from '../../../../shared/ports/documents.ts';
import type { Prediction, PredictOptions } from '../../../../shared/ports/predictor.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { sampleRun } from '../../../helpers/lineage-samples.ts';
import { MemoryBudgets } from '../../../helpers/memory-budgets.ts';
import { MemoryObjectStore } from '../../../helpers/memory-object-store.ts';
import { samplePlan } from '../../../helpers/record-samples.ts';

const answers: readonly Prediction[] = [{ output: labelOutput('spam'), confidence: 1, alternatives: [] }];

/** Two dollars for a run, and answers of 30 and 50 cents each time they are asked for. */
function prepared() {
  const stores = { objects: new MemoryObjectStore(), budgets: new MemoryBudgets() };
  const of = analystRun(samplePlan({ run: sampleRun({ budgetUsd: 2 }) }));
  let asked = 0;
  const ask = async ({ onUsage }: Pick<PredictOptions, 'onUsage'>) => {
    asked += 1;
    onUsage?.({ inputTokens: 10, outputTokens: 1, usd: 0.3 });
    onUsage?.({ inputTokens: 20, outputTokens: 2, usd: 0.5 });
    return answers;
  };
  const request = (key: string, most: number) => ({ of, key, inputs: 7, most });
  return { ...stores, of, ask, request, asked: () => asked };
}

describe('answers that are paid for', () => {
  test('take what they cost from the budget, not the most that they may, and that is kept beside them', async () => {
    const { ask, request, of, ...stores } = prepared();
    expect(await answerWithinBudget(request('a', 2), ask, stores)).toBe(answers);
    expect((await stores.budgets.get(of.runId))?.spent).toEqual({ turns: 0, outputTokens: 0, microUsd: 800_000 });
    expect(await readJson(stores.objects, 'a.cost.json', answeringCostSchema)).toEqual({
      version: 1,
      inputs: 7,
      inputTokens: 30,
      outputTokens: 3,
      usd: 0.8,
    });
    expect(await answerWithinBudget(request('b', 1.2), ask, stores)).toBe(answers);
  });

  test('are not asked for where the most that they may cost is more than is left', async () => {
    const { ask, request, asked, ...stores } = prepared();
    expect(await answerWithinBudget(request('a', 2.000_001), ask, stores)).toBeNull();
    expect(asked()).toBe(0);
    expect(await stores.objects.list('')).toEqual([]);
  });

  test('keep what they may cost set aside where they were asked for in vain', async () => {
    const { request, of, ...stores } = prepared();
    const failing = async () => {
      throw new Error('no network');
    };
    await expect(answerWithinBudget(request('a', 1.5), failing, stores)).rejects.toThrow('no network');
    expect((await stores.budgets.get(of.runId))?.reserved.microUsd).toBe(1_500_000);
    expect(await stores.objects.list('')).toEqual([]);
  });

  test('are asked for where no budget is kept', async () => {
    const { ask, request, objects } = prepared();
    expect(await answerWithinBudget(request('a', 1_000), ask, { objects })).toBe(answers);
    expect(await objects.list('')).toEqual(['a.cost.json']);
  });
});
