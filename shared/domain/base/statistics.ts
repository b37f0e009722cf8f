import binomialCdf from '@stdlib/stats-base-dists-binomial-cdf';
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import { type Interval, wilsonScore } from './wilson.ts';

/** {@link wilsonScore} at any confidence. @param level two-sided, 0.95 by default */
export function wilsonInterval(successes: number, trials: number, level = 0.95): Interval {
  return wilsonScore(successes, trials, normalQuantile(1 - (1 - level) / 2, 0, 1));
}

/**
 * Exact one-sided McNemar test (binomial on the discordant pairs): the probability, when gains and losses are
 * equally likely, of at least this many gains; by symmetry, of at most this many losses.
 * @param gained pairs that only the candidate has right @param lost pairs that only the champion has right
 */
export function mcNemarOneSided(gained: number, lost: number): number {
  return gained === 0 ? 1 : binomialCdf(lost, gained + lost, 0.5);
}

/**
 * The value below which a share of sorted values lies, by linear interpolation between order statistics (Hyndman and
 * Fan 1996, type 7); 0 for none. @param p a fraction
 */
export function quantile(sorted: ArrayLike<number>, p: number): number {
  const place = p * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? 0;
  return below + (place - Math.floor(place)) * ((sorted[Math.ceil(place)] ?? below) - below);
}
