import { balanceShares, type ShareRequest } from '../../shared/domain/curriculum/slice-shares.ts';
/**
 * Whether {@link balanceShares} can meet every band: each slice can reach its own, and together they can make up the
 * whole.
 */
export function bandsAttainable(slices: readonly ShareRequest[]): boolean {
  let lower = 0;
  let upper = 0;
  for (const slice of slices) {
    const from = Math.max(slice.lower, slice.natural * slice.scaleLower);
    const to = Math.min(slice.upper, slice.natural * slice.scaleUpper);
    if (from > to) return false;
    lower += from;
    upper += to;
  }
  return lower <= 1 && upper >= 1;
}
