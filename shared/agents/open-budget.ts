import type { AnalystRun } from '../ports/analyst.ts';
import { type Budgets, unlimited } from '../ports/budgets.ts';

/** Opens the budget that agents and judges of a run share; opening it again changes nothing. */
export function openBudget(
  budgets: Budgets,
  { runId, allowance }: Pick<AnalystRun, 'runId' | 'allowance'>,
): Promise<void> {
  const { turns, microUsd } = allowance;
  return budgets.open(runId, { turns, outputTokens: unlimited, microUsd: microUsd ?? unlimited });
}
