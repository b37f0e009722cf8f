/** No label's examples may weigh more than this many times another's. */
export const maxLabelRatio = 3;
/** Aimed a little inside, since balancing the slices moves the labels again. */
const aimedRatio = 2.8;

export interface Limits {
  readonly lower: number;
  readonly upper: number;
}

/**
 * Factors that bring the labels' weights within the ratio, as few and as small as that allows: weights are clamped to
 * [c, ratio × c], with c such that the total stays. Factors stay within `limits`, so the ratio may remain wider.
 * @param weights total weight of each label, above 0
 */
export function labelFactors(weights: ReadonlyMap<string, number>, limits: Limits): Map<string, number> {
  const values = [...weights.values()];
  const total = values.reduce((sum, weight) => sum + weight, 0);
  let low = 0;
  let high = Math.max(...values);
  const clamped = (weight: number, floor: number): number => Math.min(aimedRatio * floor, Math.max(floor, weight));
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (values.reduce((sum, weight) => sum + clamped(weight, middle), 0) < total) low = middle;
    else high = middle;
  }
  const inside = labelRatio(weights) <= aimedRatio;
  return new Map(
    [...weights].map(([label, weight]) => [
      label,
      inside ? 1 : Math.min(limits.upper, Math.max(limits.lower, clamped(weight, high) / weight)),
    ]),
  );
}

/** The heaviest label's weight over the lightest's; 1 for fewer than two labels. */
export function labelRatio(weights: ReadonlyMap<string, number>): number {
  const values = [...weights.values()];
  return values.length < 2 ? 1 : Math.max(...values) / Math.min(...values);
}
