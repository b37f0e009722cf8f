import { z } from 'zod';
import { taskSpecSchema } from '../base/task-spec.ts';
import { configurationSchema } from './configuration.ts';
import { foldModelsSchema } from './fold-models.ts';
import { servedSchema } from './served.ts';

export const currentCheckpointSchema = z.strictObject({
  checkpointId: z.string(),
  modelId: z.string(),
  /** The champion it was trained to replace; null for the first. */
  parentId: z.string().nullable(),
  datasetId: z.string(),
  /** Name of the trainer. */
  trainer: z.string(),
  configuration: configurationSchema,
  seed: z.int(),
  task: taskSpecSchema,
  served: servedSchema,
  /** Null where the checkpoint has seen no trace of the evidence: then {@link served} answers all of it honestly. */
  folds: foldModelsSchema.nullable().default(null),
  runId: z.string().nullable(),
  createdAt: z.string(),
  /** Score by evaluation set, fractions; filled in when it was evaluated. */
  scores: z.record(z.string(), z.number()),
});

/** Checkpoints of version 0.1.0 name their artifact, and answer by the predictor of the trainer's name. */
const firstVersionSchema = z
  .looseObject({ trainer: z.string(), artifactKey: z.string(), artifactDigest: z.string() })
  .transform(({ artifactKey, artifactDigest, ...rest }) => ({
    ...rest,
    served: { predictor: rest.trainer, ref: artifactKey, digest: artifactDigest },
  }));

/** Scores by evaluation set. */
export const scoresSchema = currentCheckpointSchema.shape.scores;

/**
 * One trained version of a model. Its id is a digest of all that determines it, so training twice gives one checkpoint.
 */
export const checkpointSchema = z.preprocess(
  (stored) => firstVersionSchema.safeParse(stored).data ?? stored,
  currentCheckpointSchema,
);
export type Checkpoint = z.infer<typeof currentCheckpointSchema>;
