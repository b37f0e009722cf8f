import { z } from 'zod';
import type { Checkpoint } from '../../domain/models/checkpoint.ts';
import { readDataset } from '../../operations/stored-records.ts';
import { enterTrainingCost } from '../../operations/training-costs.ts';
import { trainerNamed } from '../../ports/back-ends.ts';
import type { Ports } from '../../ports/ports.ts';
import { goOn } from '../engine/go-on.ts';
import { type LongStage, Unfinished } from '../engine/stage.ts';
import {
  type Candidate,
  candidateRefSchema,
  readCandidate,
  trainedSchema,
  trainingBudgetKey,
} from '../state/candidate.ts';
import { preparedSchema, readPlan } from '../state/run-plan.ts';
import { stageHead } from '../state/stage-head.ts';

const inputSchema = z.strictObject({ ...stageHead, prepared: preparedSchema, candidate: candidateRefSchema });

/** @throws RatchetError CorruptArtifact where what is to be trained on is not what was assembled */
async function checkDataset({ datasetId }: Candidate, modelId: string, ports: Ports): Promise<void> {
  const dataset = await ports.lineage.getDataset(modelId, datasetId);
  if (dataset !== undefined) await readDataset(dataset, ports);
}

/** Trains one candidate and its fold models from the foundation and enters it in the lineage. */
export const trainCandidates: LongStage<z.infer<typeof inputSchema>, z.infer<typeof trainedSchema>> = {
  name: 'train-candidates',
  long: true,
  input: inputSchema,
  output: trainedSchema,
  async run({ run, prepared, candidate: ref }, context) {
    const { ports } = context;
    const { model, champion, run: record } = await readPlan(prepared, ports);
    const candidate = await readCandidate(ref, ports);
    if (context.handle === null) await checkDataset(candidate, model.modelId, ports);
    const trainer = trainerNamed(model.trainer, ports);
    const progress = await goOn(
      trainer,
      candidate.checkpointId,
      () => ({
        task: model.task,
        datasetKey: candidate.datasetKey,
        configuration: candidate.configuration,
        seed: run.seed,
        teacher: trainer.learnsFromChampion(candidate.configuration)
          ? { served: champion.served, folds: champion.folds }
          : null,
        folds: candidate.folds,
        artifactKey: candidate.artifactKey,
        predictor: model.predictor,
      }),
      context,
    );
    if (progress instanceof Unfinished) return progress;
    const trained = progress.value;
    await enterTrainingCost(
      {
        ...candidate,
        modelId: model.modelId,
        runId: run.runId,
        trainer,
        folds: trained.folds,
        examples: trained.examples,
      },
      progress.usage,
      ports,
    );
    await ports.budgets?.settle(run.runId, trainingBudgetKey(candidate), {
      turns: 0,
      outputTokens: 0,
      microUsd: Math.ceil(progress.usage.usd * 1_000_000),
    });
    if (trained.folds?.parts !== candidate.folds.parts) {
      throw new Error(`trainer ${trainer.name} gave no fold models of ${candidate.folds.parts} parts`);
    }
    const checkpoint: Checkpoint = {
      checkpointId: candidate.checkpointId,
      modelId: model.modelId,
      parentId: champion.checkpointId,
      datasetId: candidate.datasetId,
      trainer: model.trainer,
      configuration: candidate.configuration,
      seed: run.seed,
      task: model.task,
      served: trained.served,
      folds: trained.folds,
      runId: run.runId,
      createdAt: record.startedAt,
      scores: {},
    };
    await ports.lineage.putCheckpoint(checkpoint);
    return {
      candidateId: candidate.candidateId,
      checkpointId: checkpoint.checkpointId,
      examples: trained.examples,
    };
  },
};
