/**
 * The smoothed conformal p-values of scores, each among all that came before it and itself: the share of larger ones, and of
 * equal ones a part drawn by lot. Where all of them come in an order by chance alone, p-values are independent and uniform
 * (Vovk, Gammerman and Shafer 2005, *Algorithmic Learning in a Random World*, 2.2).
 * @param before how often each place of the scale was seen @param scores places of the new ones, in order
 * @param chance draws uniformly from [0, 1)
 */
export function ranksOf(
  before: readonly number[],
  scores: ArrayLike<number>,
  chance: () => number,
): { readonly ps: Float64Array; readonly counts: number[] } {
  const counts = Float64Array.from(before);
  const ps = new Float64Array(scores.length);
  let all = counts.reduce((sum, count) => sum + count, 0);
  for (let at = 0; at < scores.length; at += 1) {
    const place = scores[at] ?? 0;
    const equal = (counts[place] ?? 0) + 1;
    counts[place] = equal;
    all += 1;
    let larger = 0;
    for (let above = place + 1; above < counts.length; above += 1) larger += counts[above] ?? 0;
    ps[at] = (larger + chance() * equal) / all;
  }
  return { ps, counts: [...counts] };
}

/** The place of a fraction on a scale of so many. */
export function placeOf(fraction: number, places: number): number {
  return Math.min(places - 1, Math.max(0, Math.floor(fraction * places)));
}
