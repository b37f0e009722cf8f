import { z } from 'zod';
import { itemIdSchema, objectKeySchema } from './limits.ts';

/** A chunk of the snapshot with a verdict on each answer. */
export const judgedSchema = z.strictObject({
  chunkId: itemIdSchema,
  judgedKey: objectKeySchema,
  /** What a judge says that must agree with people before it counts; null where the model has none. */
  verdictsKey: objectKeySchema.nullable().default(null),
  /** As of the answers. */
  notAsked: z.int().positive().optional(),
  /** The most that asking about these may cost, US dollars; absent as `notAsked` is. */
  notAskedUsd: z.number().optional(),
});
