import { z } from 'zod';
import { outputSchema } from '../base/output.ts';

/** What a promotion freezes: the records of the evidence; earlier versions froze held-out sets. */
export const evaluationSetNameSchema = z.enum(['records', 'traffic-validation', 'regression']);

/** One example with what is on record: whether the reference checkpoint had it right, out of fold, when it was made. */
export const evaluationItemSchema = z.strictObject({
  /** Trace id. */
  exampleId: z.string(),
  input: z.string(),
  expected: outputSchema,
  right: z.boolean(),
  /**
   * How much of it the reference checkpoint had right, a fraction, where an answer can be right in part; absent elsewhere,
   * and in what was frozen before that was counted.
   */
  credit: z.number().min(0).max(1).optional(),
  /**
   * Whether nobody but a judge of answers has said what is right, of an answer that it was shown alone: then no other answer
   * is shown to it beside that one either. Absent where a judgement on record says it.
   */
  fromJudge: z.literal(true).optional(),
});
export type EvaluationItem = z.infer<typeof evaluationItemSchema>;

/**
 * A version of the records that a promotion froze, with what the new champion got right out of fold. A human correction
 * makes a new version, nothing else changes a frozen set.
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
  /** SHA-256 of the object; sets of earlier versions have their counts alone. */
  digest: z.string().optional(),
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
  /** Whether it takes somebody to say if it is as good as the right output, and nobody has; it counts for nothing. */
  undecided: z.literal(true).optional(),
  /** Whether somebody has said if it is as good as the right output; absent where the task kind can tell. */
  judged: z.literal(true).optional(),
  /**
   * Whether it counts for nothing although it is known to be right or wrong: its record comes after the last one whose answers
   * were judged, and of those only answers count by themselves that read like the right output.
   */
  leftOut: z.literal(true).optional(),
});
export type EvaluationAnswer = z.infer<typeof evaluationAnswerSchema>;

/** Whether a candidate is weighed by this answer. */
export function isWeighed({ undecided, leftOut }: Pick<EvaluationAnswer, 'undecided' | 'leftOut'>): boolean {
  return undecided !== true && leftOut !== true;
}
