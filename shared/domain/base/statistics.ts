import binomialCdf from '@stdlib/stats-base-dists-binomial-cdf';
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';

/** An interval of fractions. */
export interface Interval {
  readonly lower: number;
  readonly upper: number;
}

/**
 * Wilson score interval of a proportion (Wilson 1927; Brown, Cai and DasGupta 2001).
 * @param level two-sided confidence, 0.95 by default. With no trials nothing is known: [0, 1].
 */
export function wilsonInterval(successes: number, trials: number, level = 0.95): Interval {
  if (trials === 0) return { lower: 0, upper: 1 };
  const z = normalQuantile(1 - (1 - level) / 2, 0, 1);
  const p = successes / trials;
  const z2 = (z * z) / trials;
  const centre = (p + z2 / 2) / (1 + z2);
  const half = (z / (1 + z2)) * Math.sqrt((p * (1 - p)) / trials + z2 / (4 * trials));
  return {
    lower: successes === 0 ? 0 : Math.max(0, centre - half),
    upper: successes === trials ? 1 : Math.min(1, centre + half),
  };
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
 * The value below which a share of sorted values lies, by linear interpolation between order statistics (Hyndman and Fan
 * 1996, type 7); 0 for none. @param p a fraction
 */
export function quantile(sorted: ArrayLike<number>, p: number): number {
  const place = p * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? 0;
  return below + (place - Math.floor(place)) * ((sorted[Math.ceil(place)] ?? below) - below);
}
