/** A slice's material and what is wanted of it. */
export interface ShareRequest {
  /** Share of total weight before balancing; the slices' sum is 1. */
  readonly natural: number;
  /** Band of the share. */
  readonly lower: number;
  readonly upper: number;
  /** How far the slice's weights may be scaled. */
  readonly scaleLower: number;
  readonly scaleUpper: number;
}

const clamp = (value: number, lower: number, upper: number): number => Math.min(upper, Math.max(lower, value));

/**
 * Shares inside the bands with weights as even as can be: all slices scale by one factor, except where a band or a
 * weight limit holds one back. When the bands cannot all be met, the slices give up theirs in the order given, the
 * first one first, and then only as far as the weight limits allow. Empty slices have share 0.
 * @returns shares that sum to 1, in the order of the slices
 */
export function balanceShares(slices: readonly ShareRequest[]): number[] {
  const boxes = slices.map(({ natural, lower, upper, scaleLower, scaleUpper }) => {
    const outer = { lower: natural * scaleLower, upper: natural * scaleUpper };
    return {
      natural,
      outer,
      lower: clamp(lower, outer.lower, outer.upper),
      upper: clamp(upper, outer.lower, outer.upper),
    };
  });
  const feasible = (): boolean =>
    boxes.reduce((sum, box) => sum + box.lower, 0) <= 1 + 1e-12 &&
    boxes.reduce((sum, box) => sum + box.upper, 0) >= 1 - 1e-12;
  for (const box of boxes) if (!feasible()) Object.assign(box, box.outer);
  const sharesAt = (scale: number): number[] =>
    boxes.map(({ natural, lower, upper }) => clamp(natural * scale, lower, upper));
  let low = 1e-6;
  let high = 1e6;
  for (let step = 0; step < 100; step += 1) {
    const middle = Math.sqrt(low * high);
    if (sharesAt(middle).reduce((sum, share) => sum + share, 0) < 1) low = middle;
    else high = middle;
  }
  return sharesAt(high);
}
