import { z } from 'zod';
import { percent, plural } from '../base/wording.ts';
import { evidenceOfMore, mostPicked } from './anytime-evidence.ts';

/** A promotion that was no improvement is found so with this chance at most, however often one looks. */
export const watchLevel = 0.05;
/** Evidence at which the champion is moved back. */
export const enoughEvidence = 1 / watchLevel;
/** Beyond this share of wrong answers among the judged, what is judged looks picked for being wrong. */
export const mostFailing = 0.5;

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
 * Each model on traces of its own, chosen by lot: wrong answers are the champion's in the share of the traces that it gets,
 * where it is not worse. Right answers need not be judged, only none of the two be judged by other measures.
 * @param share of the traces that the champion answers, a fraction above 0 and below 1
 */
export function canaryCount(
  judged: number,
  wrong: { champion: number; predecessor: number },
  share: number,
): WatchCount {
  const evidence = evidenceOfMore(wrong.champion, wrong.predecessor, share);
  return { test: 'canary', judged, against: wrong.champion, inFavour: wrong.predecessor, share, evidence };
}

/** @param enough judged traces after which nothing is looked for any more @param failing share of the judged that the champion has wrong */
export function watchFinding(count: WatchCount, enough: number, failing: number): WatchFinding {
  const isPicked = count.test === 'shadow' && failing > mostFailing;
  if (!isPicked && count.evidence >= enoughEvidence) return 'worse';
  if (count.judged >= enough) return 'held';
  return isPicked ? 'picked' : 'open';
}

/** What was counted, in words: for people, and for the record of a rollback. */
export function watchWords({ test, judged, against, inFavour, share, evidence }: WatchCount): string {
  if (judged === 0) return 'no judged trace since the promotion yet';
  const found =
    test === 'shadow'
      ? `of ${plural(judged, 'judged trace')} since the promotion only its predecessor has ${against} right, only itself ${inFavour}`
      : `of ${plural(judged, 'judged trace')} it answered ${percent(share)}, chosen by lot; ${against} of its answers are wrong and ${inFavour} of its predecessor's`;
  const taken =
    test === 'shadow' && share > 0.5
      ? `, of which up to ${percent(share)} and ${percent(1 - share)} would prove nothing, as not all answers were judged`
      : '';
  return `${found}${taken} (evidence ${evidence.toFixed(1)}, ${enoughEvidence} proves that it is worse)`;
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
