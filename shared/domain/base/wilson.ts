/** An interval of fractions. */
export interface Interval {
  readonly lower: number;
  readonly upper: number;
}

/** Standard normal quantile at 0.975: of a two-sided confidence of 95 %. */
const z95 = 1.959963984540054;

/**
 * Wilson score interval of a proportion (Wilson 1927; Brown, Cai and DasGupta 2001). With no trials nothing is known:
 * [0, 1]. Needs no package, so that what only grades answers loads none.
 * @param z standard normal quantile of the confidence, 95 % two-sided by default
 */
export function wilsonScore(successes: number, trials: number, z = z95): Interval {
  if (trials === 0) return { lower: 0, upper: 1 };
  const p = successes / trials;
  const z2 = (z * z) / trials;
  const centre = (p + z2 / 2) / (1 + z2);
  const half = (z / (1 + z2)) * Math.sqrt((p * (1 - p)) / trials + z2 / (4 * trials));
  return {
    lower: successes === 0 ? 0 : Math.max(0, centre - half),
    upper: successes === trials ? 1 : Math.min(1, centre + half),
  };
}
