import { openBudget } from '../../agents/open-budget.ts';
import { type AnsweringCost, answeringCostEnding } from '../../domain/models/cost.ts';
import type { AnalystRun } from '../../ports/analyst.ts';
import { writeJson } from '../../ports/documents.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Prediction, PredictOptions } from '../../ports/predictor.ts';

export interface PaidRequest {
  /** Whose budget it is. */
  readonly of: AnalystRun;
  /** Names what is asked, once and for all: asked again it is not paid twice from the budget. */
  readonly key: string;
  readonly inputs: number;
  /** The most that it may cost, US dollars. */
  readonly most: number;
}

/**
 * Asks what costs something within a run's budget, and keeps what it took beside the answers.
 * @returns null where the budget does not cover the most that it may cost; nothing is asked then
 */
export async function answerWithinBudget(
  { of, key, inputs, most }: PaidRequest,
  ask: (options: Pick<PredictOptions, 'onUsage'>) => Promise<readonly Prediction[]>,
  { objects, budgets }: Pick<Ports, 'objects' | 'budgets'>,
): Promise<readonly Prediction[] | null> {
  const dollars = (usd: number) => ({ turns: 0, outputTokens: 0, microUsd: Math.ceil(usd * 1_000_000) });
  if (budgets !== undefined) {
    await openBudget(budgets, of);
    if (!(await budgets.reserve(of.runId, key, dollars(most)))) return null;
  }
  let spent: Omit<AnsweringCost, 'version' | 'inputs'> = { inputTokens: 0, outputTokens: 0, usd: 0 };
  const answers = await ask({
    onUsage: ({ inputTokens, outputTokens, usd }) => {
      spent = {
        inputTokens: spent.inputTokens + inputTokens,
        outputTokens: spent.outputTokens + outputTokens,
        usd: spent.usd + usd,
      };
    },
  });
  // What was asked in vain stays set aside until it is asked again: nobody knows what it has cost.
  await budgets?.settle(of.runId, key, dollars(spent.usd));
  const cost: AnsweringCost = { version: 1, inputs, ...spent };
  await writeJson(objects, `${key}${answeringCostEnding}`, cost);
  return answers;
}
