import { z } from 'zod';
import { itemIdSchema, mostShards, objectKeySchema } from './limits.ts';

export const shardSchema = z.strictObject({ shardId: itemIdSchema, key: objectKeySchema, records: z.int() });

export const splitSchema = z.strictObject({
  /** All records of the snapshot, each with its part in the diagnosis. */
  recordsKey: objectKeySchema,
  /** What candidates are weighed by. Sizes count the records that triage kept. */
  evidence: z.strictObject({ key: objectKeySchema, size: z.int(), right: z.int() }),
  /** Records for discovery, in shards for the analysis. */
  shards: z.array(shardSchema).max(mostShards),
  /** Usable failures. */
  failures: z.int(),
  enoughEvidence: z.boolean(),
  /** What is missing; null when there is enough. */
  reason: z.string().max(500).nullable(),
});
export type Split = z.infer<typeof splitSchema>;

/** What stays of the split once its shards are read. */
export const keptSplitSchema = splitSchema.omit({ shards: true });
