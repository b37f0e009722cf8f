import type { Configuration } from '../domain/models/configuration.ts';
import { type TrainingCost, trainingCostKey, workOf } from '../domain/models/cost.ts';
import type { FoldModels } from '../domain/models/fold-models.ts';
import type { Usage } from '../ports/long-work.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { Trainer } from '../ports/trainer.ts';

export interface Trained {
  readonly modelId: string;
  readonly checkpointId: string;
  readonly runId: string | null;
  readonly trainer: Trainer;
  readonly configuration: Configuration;
  readonly folds: FoldModels | null;
  readonly examples: number;
}

/**
 * Keeps what a training took beside its checkpoint, where its back end counts that. What is on record stays: who joins a
 * training that is over has used nothing.
 */
export async function enterTrainingCost(
  { modelId, checkpointId, runId, trainer, configuration, folds, examples }: Trained,
  { seconds, usd }: Usage,
  { objects }: { readonly objects: ObjectStore },
): Promise<void> {
  if (seconds === undefined && usd === 0) return;
  const models = folds?.models.filter((model) => model !== null).length ?? 0;
  const cost: TrainingCost = {
    version: 1,
    trainer: trainer.name,
    runId,
    work: workOf(examples, trainer.passes?.(configuration) ?? 1, { parts: folds?.parts ?? 0, models }),
    seconds: seconds ?? 0,
    usd,
  };
  await objects.putIfAbsent(trainingCostKey(modelId, checkpointId), new TextEncoder().encode(JSON.stringify(cost)));
}
