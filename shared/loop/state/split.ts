import { z } from 'zod';
import { type EvaluationSetName, evaluationSetNameSchema } from '../../domain/evaluation/evaluation-set.ts';
import { mostShards } from './limits.ts';

export const setRefSchema = z.strictObject({
  name: evaluationSetNameSchema,
  key: z.string(),
  size: z.int(),
  right: z.int(),
});
export type SetRef = z.infer<typeof setRefSchema>;

export const shardSchema = z.strictObject({ shardId: z.string(), key: z.string(), records: z.int() });

export const splitSchema = z.strictObject({
  /** All records with their sides. */
  sidedKey: z.string(),
  sets: z.array(setRefSchema),
  /** Training-side records for discovery, in shards for the analysis. */
  shards: z.array(shardSchema).max(mostShards),
  /** Usable failures, all sides. */
  failures: z.int(),
  enoughEvidence: z.boolean(),
  /** What is missing; empty when there is enough. */
  reason: z.string(),
});
export type Split = z.infer<typeof splitSchema>;

export function sizeOf(sets: readonly SetRef[], name: EvaluationSetName): number {
  return sets.find((set) => set.name === name)?.size ?? 0;
}
