import { z } from 'zod';
import { percent, plural } from '../base/wording.ts';
import { evidenceOfMore, evidenceOfWeighted, mostPicked } from './anytime-evidence.ts';

/** A promotion that was no improvement is found so with this chance at most, however often one looks. */
export const watchLevel = 0.05;
/** Evidence at which the champion is moved back. */
export const enoughEvidence = 1 / watchLevel;
/** Beyond this share of wrong answers among the judged, what is judged looks picked for being wrong. */
export const mostFailing = 0.5;

/** Traces that only one of the two models has right, of those that one of the two answered. */
const changesSchema = z.strictObject({
  /** That only the predecessor has right. */
  against: z.int().nonnegative(),
  /** That only the champion has right. */
  inFavour: z.int().nonnegative(),
});

/** What was found by asking each of two models about what the other one answered, by who answered. */
export const crossedSchema = z.strictObject({ champion: changesSchema, predecessor: changesSchema });
export type Crossed = z.infer<typeof crossedSchema>;

/** What a new champion's answers come to beside its predecessor's. */
export const watchCountSchema = z.strictObject({
  /** shadow: both answered the same traces; canary: each answered traces of its own, chosen by lot. */
  test: z.enum(['shadow', 'canary']),
  /** Independent judged traces. */
  judged: z.int().nonnegative(),
  /** shadow: traces that only the predecessor has right; canary: wrong answers of the champion. */
  against: z.int().nonnegative(),
  /** shadow: traces that only the champion has right; canary: wrong answers of the predecessor. */
  inFavour: z.int().nonnegative(),
  /** The share of `against` in both that a champion which is not worse has at most. */
  share: z.number().min(0).max(1),
  /** That the champion is worse, see `evidenceOfMore`; 20 moves it back. */
  evidence: z.number().nonnegative(),
  /** canary: both on the traces that either answered; absent where they were not asked. */
  crossed: crossedSchema.optional(),
});
export type WatchCount = z.infer<typeof watchCountSchema>;

/** open: more is needed; worse: it is proven to be; held: enough was judged and nothing was proven; picked: what is judged does not tell. */
export type WatchFinding = 'open' | 'worse' | 'held' | 'picked';

/**
 * Both models on the same judged traces. What is judged may have been picked by what the champion answered, by users who
 * complain for instance: then traces that only the predecessor has right are too many. By how much at most is told by how
 * many of the answers were judged, and so much is taken for granted before anything counts against the champion.
 * @param answers traces of that time, judged or not, at least as many as `judged` @param right independent judged traces
 * that the champion has right, of `of`
 */
export function shadowCount({
  answers,
  judged,
  right,
  of,
  gained,
  lost,
}: {
  readonly answers: number;
  readonly judged: number;
  readonly right: number;
  readonly of: number;
  readonly gained: number;
  readonly lost: number;
}): WatchCount {
  const picked = right === 0 ? Number.POSITIVE_INFINITY : mostPicked(judged / answers, 1 - right / of);
  const share = Number.isFinite(picked) ? Math.max(0.5, picked / (1 + picked)) : 1;
  const evidence = share < 1 ? evidenceOfMore(lost, gained, share) : 0;
  return { test: 'shadow', judged: of, against: lost, inFavour: gained, share, evidence };
}

/**
 * Each model on traces of its own, chosen by lot. Wrong answers are the champion's in the share of the traces that it gets, where
 * it is not worse: right answers need not be judged, only none of the two be judged by other measures.
 *
 * Where it is known of judged traces what the other model would have answered, that tells more. A trace that only one of the
 * two has right counts by the inverse of the share of who answered it (Horvitz and Thompson 1952): then a wrong answer that is
 * likelier judged than a right one is so for both alike, since each kind of change is as much the one's wrong answer as the
 * other's right one. Half of the evidence is of either kind; both bound the same chance, and so does their mean.
 * @param share of the traces that the champion answers, a fraction above 0 and below 1
 * @param crossed both on the same traces; null where they were not asked
 */
export function canaryCount(
  judged: number,
  wrong: { champion: number; predecessor: number },
  share: number,
  crossed: Crossed | null = null,
): WatchCount {
  const apart = evidenceOfMore(wrong.champion, wrong.predecessor, share);
  const evidence = crossed === null ? apart : (apart + evidenceOfCrossed(crossed, share)) / 2;
  const more = crossed === null ? {} : { crossed };
  return { test: 'canary', judged, against: wrong.champion, inFavour: wrong.predecessor, share, evidence, ...more };
}

function evidenceOfCrossed({ champion, predecessor }: Crossed, share: number): number {
  const largest = Math.max(1 / share, 1 / (1 - share));
  return evidenceOfWeighted([
    { weight: 1 / share / largest, times: champion.against, others: champion.inFavour },
    { weight: 1 / (1 - share) / largest, times: predecessor.against, others: predecessor.inFavour },
  ]);
}

/** @param enough judged traces after which nothing is looked for any more @param failing share of the judged that the champion has wrong */
export function watchFinding(count: WatchCount, enough: number, failing: number): WatchFinding {
  const isPicked = count.test === 'shadow' && failing > mostFailing;
  if (!isPicked && count.evidence >= enoughEvidence) return 'worse';
  if (count.judged >= enough) return 'held';
  return isPicked ? 'picked' : 'open';
}

/** What was counted, in words: for people, and for the record of a rollback. */
export function watchWords({ test, judged, against, inFavour, share, evidence, crossed }: WatchCount): string {
  if (judged === 0) return 'no judged trace since the promotion yet';
  const found =
    test === 'shadow'
      ? `of ${plural(judged, 'judged trace')} since the promotion only its predecessor has ${against} right, only itself ${inFavour}`
      : `of ${plural(judged, 'judged trace')} it answered ${percent(share)}, chosen by lot; ${against} of its answers are wrong and ${inFavour} of its predecessor's`;
  const taken =
    test === 'shadow' && share > 0.5
      ? `, of which up to ${percent(share)} and ${percent(1 - share)} would prove nothing, as not all answers were judged`
      : '';
  const both =
    crossed === undefined
      ? ''
      : `; of the same traces only its predecessor has ${crossed.champion.against + crossed.predecessor.against} right, only itself ${crossed.champion.inFavour + crossed.predecessor.inFavour}`;
  return `${found}${taken}${both} (evidence ${evidence.toFixed(1)}, ${enoughEvidence} proves that it is worse)`;
}

/** Up to so many judged traces, a look is worth it after each {@link firstStep} of them; then after a tenth more. */
const evenUpTo = 200;
const firstStep = 20;

/** Whether so many more judged traces are worth another look, which costs as much as there is judged. */
export function isWorthALook(before: number, now: number): boolean {
  return stepOf(now) > stepOf(before);
}

function stepOf(judged: number): number {
  if (judged < evenUpTo) return Math.floor(judged / firstStep);
  return Math.floor(evenUpTo / firstStep) + Math.floor(Math.log(judged / evenUpTo) / Math.log(1.1));
}
