import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import type { RandomStream } from '../../../shared/ports/random.ts';

/** Right answers of two models on the same items, in one seed. */
export interface Pair {
  readonly a: readonly boolean[];
  readonly b: readonly boolean[];
}

/** A difference of accuracies a − b, a fraction, with its 95 % interval. */
export interface Difference {
  readonly mean: number;
  readonly lower: number;
  readonly upper: number;
  readonly seeds: number;
}

const resamples = 4_000;

/**
 * Mean difference over seeds with a 95 % percentile bootstrap interval, paired on two levels: seeds are drawn with
 * replacement, and in each one drawn its items. The mean of some hundred drawn items is as good as normal, so it is
 * drawn from its normal distribution and not item by item. With one seed the interval speaks of the items alone.
 */
export function pairedDifference(pairs: readonly Pair[], random: RandomStream): Difference {
  const seeds = pairs.map(({ a, b }) => moments(a.map((right, at) => Number(right) - Number(b[at] === true))));
  const mean = seeds.reduce((sum, seed) => sum + seed.mean, 0) / Math.max(1, seeds.length);
  if (seeds.length === 0) return { mean: 0, lower: 0, upper: 0, seeds: 0 };
  const drawn = Array.from({ length: resamples }, () => {
    let sum = 0;
    for (let draw = 0; draw < seeds.length; draw += 1) {
      const seed = seeds[random.below(seeds.length)];
      const uniform = Math.min(1 - 1e-9, Math.max(1e-9, random.next()));
      if (seed !== undefined) sum += seed.mean + seed.error * normalQuantile(uniform, 0, 1);
    }
    return sum / seeds.length;
  }).sort((x, y) => x - y);
  const at = (share: number) => drawn[Math.min(resamples - 1, Math.floor(share * resamples))] ?? mean;
  return { mean, lower: at(0.025), upper: at(0.975), seeds: seeds.length };
}

function moments(values: readonly number[]): { mean: number; error: number } {
  const n = Math.max(1, values.length);
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n;
  return { mean, error: Math.sqrt(variance / n) };
}
