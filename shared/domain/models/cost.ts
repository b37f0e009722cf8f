import { z } from 'zod';

/** What one training took, kept beside its checkpoint. */
export const trainingCostSchema = z.strictObject({
  version: z.literal(1),
  trainer: z.string(),
  /** The run that it was for; null for a first checkpoint. */
  runId: z.string().nullable(),
  /** Examples, models and passes over the data, multiplied: what the time of trainings is compared by. */
  work: z.number().nonnegative(),
  /** That it worked; where it is paid for, those that are paid. */
  seconds: z.number().nonnegative(),
  /** US dollars; 0 where it costs nothing or no price is known. */
  usd: z.number().nonnegative(),
});
export type TrainingCost = z.infer<typeof trainingCostSchema>;

/** What answers took that are paid for, kept by the stage that asked. */
export const answeringCostSchema = z.strictObject({
  version: z.literal(1),
  inputs: z.int().nonnegative(),
  inputTokens: z.int().nonnegative(),
  outputTokens: z.int().nonnegative(),
  usd: z.number().nonnegative(),
});
export type AnsweringCost = z.infer<typeof answeringCostSchema>;

/** Object key of what a checkpoint's training took. */
export function trainingCostKey(modelId: string, checkpointId: string): string {
  return `models/${modelId}/checkpoints/${checkpointId}/cost.json`;
}

/** How files end that hold an {@link AnsweringCost}. */
export const answeringCostEnding = '.cost.json';

/**
 * The work of a training, for comparison: examples times models times passes. A fold model trains on all parts but one.
 */
export function workOf(examples: number, passes: number, folds: { readonly parts: number; readonly models: number }) {
  const { parts, models } = folds;
  return examples * passes * (1 + (parts === 0 ? 0 : (models * (parts - 1)) / parts));
}
