import { z } from 'zod';
import { itemIdSchema, mostChunks, objectKeySchema } from './limits.ts';
import { preparedSchema } from './run-plan.ts';

/** A part of the snapshot that is answered and judged by itself. */
export const chunkSchema = z.strictObject({
  chunkId: itemIdSchema,
  /** Object key of its pinned records. */
  key: objectKeySchema,
  records: z.int(),
});

export const snapshotSchema = z.strictObject({
  prepared: preparedSchema,
  /** In the order of the snapshot. */
  chunks: z.array(chunkSchema).max(mostChunks),
});

/** A chunk with the champion's answers. */
export const answeredSchema = z.strictObject({
  chunkId: itemIdSchema,
  answeredKey: objectKeySchema,
  /** Traces that the champion was not asked about, as the budget did not cover it; absent where it was asked about all. */
  notAsked: z.int().positive().optional(),
  /** The most that asking about these may cost, US dollars; absent as `notAsked` is. */
  notAskedUsd: z.number().optional(),
});
