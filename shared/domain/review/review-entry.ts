import { z } from 'zod';
import { traceIdSchema } from '../base/ids.ts';
import { outputSchema } from '../base/output.ts';
import { judgementSchema } from '../traces/judgement.ts';

/** What a reviewer says of cards: the output is right, it should be another, it is wrong, or somebody else may say. */
export const reviewKindSchema = z.enum(['accept', 'correct', 'reject', 'defer']);
export type ReviewKind = z.infer<typeof reviewKindSchema>;

/** A name that people sign with: it becomes the id of a judge. */
export const reviewerSchema = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]*$/u, 'use no control characters');

/** Traces that are judged alike, under the card that showed them. */
export const judgedCardSchema = z.strictObject({
  cardId: z.string().min(1).max(100),
  traceIds: z.array(traceIdSchema).readonly(),
});
export type JudgedCard = z.infer<typeof judgedCardSchema>;

const head = {
  schemaVersion: z.literal(1),
  reviewer: reviewerSchema,
  /** ISO 8601 in UTC. */
  at: z.string(),
};

export const reviewActionSchema = z.strictObject({
  kind: z.literal('action'),
  ...head,
  actionId: z.string(),
  /** Of the request: the same action sent again is told from another one under the same name. */
  digest: z.string(),
  act: reviewKindSchema,
  cards: z.array(judgedCardSchema).readonly(),
  /** What the output should be; null for all but corrections. */
  expected: outputSchema.nullable(),
  /** What it puts into the trace log: the reviewer's own judgements, and those propagated from them. */
  judgements: z.array(judgementSchema).readonly(),
});
export type ReviewAction = z.infer<typeof reviewActionSchema>;

export const reviewUndoSchema = z.strictObject({
  kind: z.literal('undo'),
  ...head,
  undoId: z.string(),
  /** Id of the action that is taken back. */
  undoes: z.string(),
  /** Records that take its judgements back. */
  judgements: z.array(judgementSchema).readonly(),
});
export type ReviewUndo = z.infer<typeof reviewUndoSchema>;

/** What a reviewer did, as it is on record, with all that it puts into the trace log. */
export const reviewEntrySchema = z.discriminatedUnion('kind', [reviewActionSchema, reviewUndoSchema]);
export type ReviewEntry = z.infer<typeof reviewEntrySchema>;
