import { z } from 'zod';
import { rolledBackSchema } from '../../domain/models/rolled-back.ts';
import { itemIdSchema, lineageIdSchema, mostShards, objectKeySchema, reasonSchema } from './limits.ts';

export const shardSchema = z.strictObject({ shardId: itemIdSchema, key: objectKeySchema, records: z.int() });

export const splitSchema = z.strictObject({
  /** All records of the snapshot, each with its part in the diagnosis. */
  recordsKey: objectKeySchema,
  /** What candidates are weighed by. Sizes count the records that triage kept. */
  evidence: z.strictObject({
    key: objectKeySchema,
    size: z.int(),
    right: z.int(),
    /** Judged traces that are probably still needed until the few fold models of a dear trainer reach enough; absent where they do. */
    more: z.int().positive().optional(),
  }),
  /** Records for discovery, in shards for the analysis. */
  shards: z.array(shardSchema).max(mostShards),
  /** Usable failures. */
  failures: z.int(),
  /** Whether there is enough to decide by, and no rollback keeps out what would come of it. */
  enoughEvidence: z.boolean(),
  /** What is missing; null when there is enough. */
  reason: reasonSchema.nullable(),
  /** Whether the champion was not asked, as its answers cost something and there is too little for the trainer; absent else. */
  onRecord: z.boolean().optional(),
  /** What people have judged, a digest (`peopleDigest`). */
  people: lineageIdSchema,
  /** What a person took back, where the evidence would make its like again; null where nothing keeps candidates out. */
  keptOut: rolledBackSchema.omit({ people: true }).nullable(),
});
export type Split = z.infer<typeof splitSchema>;

/** What stays of the split once its shards are read. */
export const keptSplitSchema = splitSchema.omit({ shards: true });
