import { z } from 'zod';
import { outputSchema } from '../base/output.ts';

export const evaluationSetNameSchema = z.enum([
  'traffic-validation',
  'failure-validation',
  'regression',
  'traffic-test',
  'failure-test',
  'regression-test',
]);
export type EvaluationSetName = z.infer<typeof evaluationSetNameSchema>;

/** One held-out example with what is on record: whether the reference checkpoint had it right when the set was made. */
export const evaluationItemSchema = z.strictObject({
  /** Trace id. */
  exampleId: z.string(),
  input: z.string(),
  expected: outputSchema,
  right: z.boolean(),
});
export type EvaluationItem = z.infer<typeof evaluationItemSchema>;

/**
 * A version of an evaluation set. A run's own sets refer to the champion it began with; a promotion freezes its sets
 * with what the new champion got right. A human correction makes a new version, nothing else changes a frozen set.
 */
export const evaluationSetSchema = z.strictObject({
  setId: z.string(),
  modelId: z.string(),
  name: evaluationSetNameSchema,
  /** The checkpoint whose record the set carries. */
  checkpointId: z.string(),
  runId: z.string(),
  version: z.int().positive(),
  /** Object key, JSON lines of items. */
  key: z.string(),
  size: z.int(),
  right: z.int(),
  createdAt: z.string(),
});
export type EvaluationSet = z.infer<typeof evaluationSetSchema>;

/** One answer of a checkpoint on an evaluation item. */
export const evaluationAnswerSchema = z.strictObject({
  exampleId: z.string(),
  output: outputSchema.nullable(),
  confidence: z.number(),
  right: z.boolean(),
});
export type EvaluationAnswer = z.infer<typeof evaluationAnswerSchema>;
