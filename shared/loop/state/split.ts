import { z } from 'zod';
import { type EvaluationSetName, evaluationSetNameSchema } from '../../domain/evaluation/evaluation-set.ts';
import { itemIdSchema, mostShards, objectKeySchema } from './limits.ts';

export const setRefSchema = z.strictObject({
  name: evaluationSetNameSchema,
  key: objectKeySchema,
  size: z.int(),
  right: z.int(),
});
export type SetRef = z.infer<typeof setRefSchema>;

export const shardSchema = z.strictObject({ shardId: itemIdSchema, key: objectKeySchema, records: z.int() });

export const splitSchema = z.strictObject({
  /** All records with their sides. */
  sidedKey: objectKeySchema,
  sets: z.array(setRefSchema).max(evaluationSetNameSchema.options.length),
  /** Training-side records for discovery, in shards for the analysis. */
  shards: z.array(shardSchema).max(mostShards),
  /** Usable failures, all sides. */
  failures: z.int(),
  enoughEvidence: z.boolean(),
  /** What is missing; null when there is enough. */
  reason: z.string().max(500).nullable(),
});
export type Split = z.infer<typeof splitSchema>;

/** What stays of the split once its shards are read. */
export const keptSplitSchema = splitSchema.omit({ shards: true });

export function sizeOf(sets: readonly SetRef[], name: EvaluationSetName): number {
  return sets.find((set) => set.name === name)?.size ?? 0;
}
