import { z } from 'zod';
import { configurationSchema } from './hyperparameters.ts';
import { taskSchema } from './task.ts';

/** One trained version of a model. Its id is a digest of all that determines it, so training twice gives one checkpoint. */
export const checkpointSchema = z.strictObject({
  checkpointId: z.string(),
  modelId: z.string(),
  /** The champion it was trained to replace; null for the first. */
  parentId: z.string().nullable(),
  datasetId: z.string(),
  trainer: z.string(),
  configuration: configurationSchema,
  seed: z.int(),
  task: taskSchema,
  artifactKey: z.string(),
  artifactDigest: z.string(),
  runId: z.string().nullable(),
  createdAt: z.string(),
  /** Score by evaluation set, fractions; filled in when it was evaluated. */
  scores: z.record(z.string(), z.number()),
});
export type Checkpoint = z.infer<typeof checkpointSchema>;
