import type { AnalystRun } from '../../ports/analyst.ts';
import type { RunPlan } from '../state/run-plan.ts';

/** Whose work analysts do in a run, and what agents among them may use. */
export function analystRun({ run, model, champion }: Pick<RunPlan, 'run' | 'model' | 'champion'>): AnalystRun {
  const { agentTurns, agentTurnsColdStart, subAgentTurns, analyzerOutputTokens } = model.settings;
  const { runId, modelId, seed, budgetUsd } = run;
  return {
    runId,
    modelId,
    seed,
    allowance: {
      turns: champion.parentId === null ? agentTurnsColdStart : agentTurns,
      turnsOfOne: subAgentTurns,
      analyzerOutputTokens,
      microUsd: budgetUsd === undefined || budgetUsd === null ? null : Math.floor(budgetUsd * 1_000_000),
    },
  };
}
