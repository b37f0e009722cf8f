import {
  answeringCostEnding,
  answeringCostSchema,
  trainingCostKey,
  trainingCostSchema,
} from '../../domain/models/cost.ts';
import { readJson } from '../../ports/documents.ts';
import type { Ports } from '../../ports/ports.ts';
import { mostTrainings } from '../state/limits.ts';
import type { RunPlan } from '../state/run-plan.ts';
import type { RunResult } from '../state/run-result.ts';

/** What the trainings of a run and the answers that it paid for took. */
export async function runCosts({ run, model }: RunPlan, ports: Ports): Promise<RunResult['costs']> {
  const { modelId } = model;
  const own = (await ports.lineage.listCheckpoints(modelId)).filter(({ runId }) => runId === run.runId);
  const trainings: RunResult['costs']['trainings'] = [];
  for (const { checkpointId } of own.slice(0, mostTrainings)) {
    const key = trainingCostKey(modelId, checkpointId);
    if ((await ports.objects.get(key)) === undefined) continue;
    const { seconds, usd, runId } = await readJson(ports.objects, key, trainingCostSchema);
    if (runId === run.runId) trainings.push({ checkpoint: checkpointId, seconds, usd });
  }
  const answers = await answeringCosts(`runs/${modelId}/${run.runId}/`, ports);
  return { trainings, answers, usd: trainings.reduce((sum, { usd }) => sum + usd, answers?.usd ?? 0) };
}

/** Null where nobody was asked who is paid. */
async function answeringCosts(folder: string, ports: Ports): Promise<RunResult['costs']['answers']> {
  const keys = (await ports.objects.list(folder)).filter((key) => key.endsWith(answeringCostEnding));
  if (keys.length === 0) return null;
  const all = await Promise.all(keys.map((key) => readJson(ports.objects, key, answeringCostSchema)));
  const sum = (value: (one: (typeof all)[number]) => number) => all.reduce((total, one) => total + value(one), 0);
  return {
    inputs: sum(({ inputs }) => inputs),
    inputTokens: sum(({ inputTokens }) => inputTokens),
    outputTokens: sum(({ outputTokens }) => outputTokens),
    usd: sum(({ usd }) => usd),
  };
}
