/** Count, mean and sum of squared deviations of a quantity; mergeable (Chan, Golub and LeVeque 1983). */
export interface Moments {
  readonly count: number;
  readonly mean: number;
  readonly m2: number;
}

export const noMoments: Moments = { count: 0, mean: 0, m2: 0 };

/** Moments of two disjoint groups together. */
export function mergeMoments(a: Moments, b: Moments): Moments {
  const count = a.count + b.count;
  if (a.count === 0) return b;
  if (b.count === 0) return a;
  const delta = b.mean - a.mean;
  return {
    count,
    mean: a.mean + (delta * b.count) / count,
    m2: a.m2 + b.m2 + (delta * delta * a.count * b.count) / count,
  };
}

/** Moments with one more value (Welford 1962). */
export function addValue(moments: Moments, value: number): Moments {
  return mergeMoments(moments, { count: 1, mean: value, m2: 0 });
}

export function momentsOf(values: Iterable<number>): Moments {
  let moments = noMoments;
  for (const value of values) moments = addValue(moments, value);
  return moments;
}

/** Sample variance; 0 for fewer than two values. */
export function variance(moments: Moments): number {
  return moments.count < 2 ? 0 : moments.m2 / (moments.count - 1);
}

/**
 * Effects beyond this say no more than "apart altogether"; a feature that is constant on both sides would be infinite.
 */
const largestEffect = 10;

/**
 * Standardised mean difference `a − b` over the pooled standard deviation (Cohen 1988), within ±10; 0 when either
 * group is empty or the means are equal.
 */
export function cohensD(a: Moments, b: Moments): number {
  const difference = a.mean - b.mean;
  if (a.count === 0 || b.count === 0 || difference === 0) return 0;
  const freedom = a.count + b.count - 2;
  const deviation = freedom < 1 ? 0 : Math.sqrt((a.m2 + b.m2) / freedom);
  if (deviation === 0) return Math.sign(difference) * largestEffect;
  return Math.max(-largestEffect, Math.min(largestEffect, difference / deviation));
}
