import type { Lease } from '../../domain/models/control.ts';
import { hadTheLease, type Run } from '../../domain/models/run.ts';
import { type ListedModel, listModels } from '../../operations/list-models.ts';
import { modelHealth } from '../../operations/model-health.ts';
import type { Ports } from '../../ports/ports.ts';
import { unknownModel } from '../../ports/unknown-model.ts';
import type { ModelDetail, ModelOverview, RunSummary } from './messages.ts';

/** All models at a glance. */
export async function overviews(ports: Ports): Promise<ModelOverview[]> {
  return (await listModels(ports)).map(overviewOf);
}

/** A model with its traffic over time, and what its next run lacks. @throws RatchetError UnknownModel */
export async function overview(modelId: string, ports: Ports): Promise<Omit<ModelDetail, 'canRun'>> {
  const [all, health, runs] = await Promise.all([
    listModels(ports),
    modelHealth(modelId, ports),
    ports.lineage.listRuns(modelId),
  ]);
  const listed = all.find((one) => one.modelId === modelId);
  if (listed === undefined) throw await unknownModel(modelId, ports);
  const { overTime, sinceLastRun, missing } = health;
  return {
    ...overviewOf(listed),
    overTime: { ...overTime, stretches: [...overTime.stretches] },
    sinceLastRun,
    missing,
    runs: runs.filter(hadTheLease).length,
  };
}

function overviewOf({ modelId, champion, lastRun, active, ...rest }: ListedModel): ModelOverview {
  return {
    model: modelId,
    ...rest,
    champion: champion && { checkpoint: champion.checkpointId, since: champion.since, score: champion.score },
    lastRun: lastRun && runSummary(lastRun),
    active: active && activeOf(active),
  };
}

function activeOf({ runId, expiresAt }: Lease): NonNullable<ModelOverview['active']> {
  return { run: runId, until: new Date(expiresAt).toISOString() };
}

/** A run in a line; of one that failed, why. */
export function runSummary(run: Run): RunSummary {
  const { runId, status, decision, startedAt, finishedAt, seed, failure, reason } = run;
  return { run: runId, status, decision, reason: failure?.cause ?? reason, startedAt, finishedAt, seed };
}
