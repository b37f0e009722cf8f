import { z } from 'zod';
import { compareText } from '../base/text.ts';

export const decisionSchema = z.enum(['promoted', 'kept']);

export const runSchema = z.strictObject({
  runId: z.string(),
  modelId: z.string(),
  seed: z.int(),
  status: z.enum(['running', 'finished', 'failed']),
  /** The champion it began with. */
  championId: z.string(),
  /** By the clock, for people. */
  startedAt: z.string(),
  /** What there was when it began, by the order of things and no clock; null and absent where that was not kept. */
  begun: z
    .strictObject({
      /** Runs of the model there were then, this one counted. */
      number: z.int().positive(),
      /** Position in the trace log up to which it reads; null until its snapshot is pinned. */
      batches: z.int().nonnegative().nullable(),
      /** Label changes of the model, and moves of its champion. */
      labelChanges: z.int().nonnegative(),
      moves: z.int().nonnegative(),
    })
    .optional(),
  finishedAt: z.string().nullable(),
  decision: decisionSchema.nullable(),
  /** Why it ended so; null while it works. */
  reason: z.string().nullable(),
  /** The champion when it ended. */
  resultId: z.string().nullable(),
  /** Object key of the report, once written. */
  reportKey: z.string().nullable(),
  /** SHA-256 of the folds that it wrote, the latest last; absent where none were, or where that was not kept. */
  folds: z.array(z.string()).optional(),
  /** US dollars that its agents may cost together; absent or null for no limit. */
  budgetUsd: z.number().positive().nullable().optional(),
  failure: z.strictObject({ name: z.string(), cause: z.string(), mend: z.string() }).nullable(),
});
export type Run = z.infer<typeof runSchema>;

/** Orders runs of a model as they began. Those of before that was kept come first, by the clock. */
export function asBegun(a: Run, b: Run): number {
  const [one, other] = [a.begun?.number ?? 0, b.begun?.number ?? 0];
  return one - other || compareText(a.startedAt, b.startedAt) || compareText(a.runId, b.runId);
}

/** Whether a run ever had the lease: of two that start together one is refused, and has worked on nothing. */
export function hadTheLease({ failure }: Pick<Run, 'failure'>): boolean {
  return failure?.name !== 'LeaseHeld';
}
