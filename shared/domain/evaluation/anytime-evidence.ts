/** The bettors whose mean wealth is the evidence; each stakes another share. */
const bettors = 200;

/**
 * Evidence that one of two outcomes is more frequent than a share of all, which may be looked at after every single
 * one: while it is not, the chance that this ever reaches 1 / α is at most α (Ville's inequality). It is the mean wealth of
 * bettors who begin with 1, stake the same part of what they have on each outcome, at the odds of the share, and differ in
 * that part, from 0 to 1: a mixture of test martingales (Robbins 1970, *Annals of Mathematical Statistics* 41; Waudby-Smith
 * and Ramdas 2024, *Journal of the Royal Statistical Society B* 86, "Estimating means of bounded random variables by
 * betting"). The order of the outcomes does not matter.
 * @param times how often it came @param others how often the other came
 * @param share what it is held against, a fraction above 0 and below 1
 */
export function evidenceOfMore(times: number, others: number, share: number): number {
  const payoff = (1 - share) / share;
  return meanWealth((stake) => times * Math.log1p(stake * payoff) + others * Math.log1p(-stake));
}

/** Outcomes that count alike. */
export interface Weighted {
  /** Relative to others, above 0 and at most 1. */
  readonly weight: number;
  readonly times: number;
  readonly others: number;
}

/**
 * As {@link evidenceOfMore} against a half, where outcomes count by weights: evidence that the weights of the one sum up to more
 * than those of the other in the mean, whichever outcomes come how often. Each bettor stakes its part of what it has, times the weight.
 */
export function evidenceOfWeighted(outcomes: readonly Weighted[]): number {
  return meanWealth((stake) =>
    outcomes.reduce(
      (sum, { weight, times, others }) =>
        sum + times * Math.log1p(stake * weight) + others * Math.log1p(-stake * weight),
      0,
    ),
  );
}

/** @param logWealth of a bettor in the end, who stakes such a part of what it has */
function meanWealth(logWealth: (stake: number) => number): number {
  const wealth = new Float64Array(bettors).map((_, at) => logWealth((at + 0.5) / bettors));
  const most = wealth.reduce((largest, one) => Math.max(largest, one), Number.NEGATIVE_INFINITY);
  return (Math.exp(most) * wealth.reduce((sum, one) => sum + Math.exp(one - most), 0)) / bettors;
}

/**
 * By how much likelier a wrong answer is judged than a right one, at most, going by how many answers were judged: wrong
 * answers may all be among the judged, and no more of them are there than all. 1 where all answers are judged.
 * @param judged share of the answers that are judged, above 0 @param failed share of the judged that are wrong, below 1
 */
export function mostPicked(judged: number, failed: number): number {
  return (1 - judged * failed) / (judged * (1 - failed));
}
