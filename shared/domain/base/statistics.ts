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

/** Changes are counted in so many steps from 0 to 1: halves, thirds, quarters, fifths and sixths are exact. */
const changeSteps = 60;
/** More changes than these are told by as many whole ones with the same ratio of sum to deviation. */
const mostEnumerated = 200;

/**
 * One-sided sign-flip test of paired changes between −1 and 1: the probability, when each would as likely have gone the
 * other way, of a sum at least this large. Exact up to 200 changes in steps of a sixtieth; where every change is whole
 * it is {@link mcNemarOneSided}.
 */
export function signFlipOneSided(changes: readonly number[]): number {
  const steps = changes.map((change) => Math.round(changeSteps * change)).filter((step) => step !== 0);
  if (steps.every((step) => Math.abs(step) === changeSteps)) {
    const gained = steps.filter((step) => step > 0).length;
    return mcNemarOneSided(gained, steps.length - gained);
  }
  const sum = steps.reduce((total, step) => total + step, 0);
  if (steps.length > mostEnumerated) {
    const ratio = sum / Math.sqrt(steps.reduce((total, step) => total + step ** 2, 0));
    return binomialCdf(Math.floor((steps.length - ratio * Math.sqrt(steps.length)) / 2), steps.length, 0.5);
  }
  const sizes = steps.map(Math.abs);
  const most = sizes.reduce((total, size) => total + size, 0);
  // By how much the changes that went up add up to, each as likely up as down.
  let chances = Float64Array.of(1);
  for (const size of sizes) {
    const next = new Float64Array(chances.length + size);
    chances.forEach((chance, at) => {
      next[at] = (next[at] ?? 0) + chance / 2;
      next[at + size] = (next[at + size] ?? 0) + chance / 2;
    });
    chances = next;
  }
  return Math.min(
    1,
    chances.subarray((most + sum) / 2).reduce((total, chance) => total + chance, 0),
  );
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
