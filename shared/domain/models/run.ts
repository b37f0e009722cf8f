import { z } from 'zod';

export const decisionSchema = z.enum(['promoted', 'kept']);

export const runSchema = z.strictObject({
  runId: z.string(),
  modelId: z.string(),
  seed: z.int(),
  status: z.enum(['running', 'finished', 'failed']),
  /** The champion it began with. */
  championId: z.string(),
  startedAt: z.string(),
  finishedAt: z.string().nullable(),
  decision: decisionSchema.nullable(),
  /** Why it ended so; null while it works. */
  reason: z.string().nullable(),
  /** The champion when it ended. */
  resultId: z.string().nullable(),
  /** Object key of the report, once written. */
  reportKey: z.string().nullable(),
  /** US dollars that its agents may cost together; absent or null for no limit. */
  budgetUsd: z.number().positive().nullable().optional(),
  failure: z.strictObject({ name: z.string(), cause: z.string(), mend: z.string() }).nullable(),
});
export type Run = z.infer<typeof runSchema>;

/** Whether a run ever had the lease: of two that start together one is refused, and has worked on nothing. */
export function hadTheLease({ failure }: Pick<Run, 'failure'>): boolean {
  return failure?.name !== 'LeaseHeld';
}
