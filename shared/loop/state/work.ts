import { z } from 'zod';
import { idSchema } from '../../domain/base/ids.ts';
import { jsonSchema } from '../../domain/base/json.ts';

/** Longest that the state machine waits before it asks again: well within a lease. */
export const longestWaitSeconds = 300;

/** Largest handle, in bytes of JSON: it travels in the state. */
export const largestHandle = 4_096;

/** What the Task state of a long stage gives: its result, or the handle that its next call goes on with. */
export const workSchema = z.strictObject({
  stage: z.string().max(100),
  item: idSchema,
  status: z.enum(['done', 'working']),
  /** 0 goes on at once. */
  waitSeconds: z.int().min(0).max(longestWaitSeconds),
  /** How far it is; null when done. */
  progress: z.strictObject({ done: z.number(), total: z.number() }).nullable(),
  /** Null when done. */
  handle: jsonSchema.nullable(),
  /** The stage's output; null while it works. */
  result: z.unknown(),
});
export type Work = z.infer<typeof workSchema>;
