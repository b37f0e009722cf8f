import { z } from 'zod';
import { traceIdSchema } from '../base/ids.ts';
import { outputSchema } from '../base/output.ts';

export const verdictSchema = z.enum(['pass', 'fail']);
export type Verdict = z.infer<typeof verdictSchema>;

/** `propagated`: what a person said of a trace that is much like it. */
export const judgeKindSchema = z.enum(['human', 'llm', 'rule', 'propagated']);
export type JudgeKind = z.infer<typeof judgeKindSchema>;

/** Kinds that a file's judges can be said to be of. */
export const givenJudgeKindSchema = judgeKindSchema.exclude(['propagated']);

export const judgeSchema = z.strictObject({
  kind: judgeKindSchema,
  id: z.string().min(1).max(200),
  reason: z.string().max(10_000).default(''),
});
export type JudgeIdentity = z.infer<typeof judgeSchema>;

/** A judge's name among others: kind and id. */
export function nameOf({ kind, id }: Pick<JudgeIdentity, 'kind' | 'id'>): string {
  return `${kind}/${id}`;
}

/** An append-only record joined to a trace. A correction is a new judgement, never a change of an old one. */
export const judgementSchema = z.strictObject({
  judgementId: z.string(),
  traceId: traceIdSchema,
  /**
   * Null where only the right output is known and the task kind cannot tell whether the answer is as good: a judge is
   * asked.
   */
  verdict: verdictSchema.nullable(),
  /** The right output; absent when the judge only knows that the answer is wrong. */
  expected: outputSchema.optional(),
  judge: judgeSchema,
  judgedAt: z.string(),
  /**
   * Id of a judgement of the same trace that this one takes back, whichever came first: neither counts from then on (see
   * `standingJudgements`). It says nothing else; its judge is who took it back.
   */
  retracts: z.string().optional(),
});
export type Judgement = z.infer<typeof judgementSchema>;

const rank: Record<JudgeKind, number> = { human: 3, llm: 2, rule: 1, propagated: 0 };

/** Whether a judge of one kind is believed over one of another. */
export function outranks(one: JudgeKind, other: JudgeKind): boolean {
  return rank[one] > rank[other];
}

/**
 * The judgement of the highest rank, human over LLM over rule over propagated, and among equals the latest. Whether it counts is for
 * `whatCounts` to say, which knows of people who disagree.
 */
export function effectiveJudgement(judgements: readonly Judgement[]): Judgement | undefined {
  return judgements.reduce<Judgement | undefined>((best, next) => {
    if (best === undefined) return next;
    const byRank = rank[next.judge.kind] - rank[best.judge.kind];
    if (byRank !== 0) return byRank > 0 ? next : best;
    return laterOf(best, next);
  }, undefined);
}

/** The later of two; of one instant the one with the greater id, so that order of arrival never matters. */
export function laterOf(a: Judgement, b: Judgement): Judgement {
  const byTime = Date.parse(b.judgedAt) - Date.parse(a.judgedAt);
  if (byTime !== 0) return byTime > 0 ? b : a;
  return b.judgementId > a.judgementId ? b : a;
}
