/** What each row should be answered with, and how much it counts. */
export interface Targets {
  /** Class of each row. */
  readonly labels: Int32Array;
  readonly weights: Float64Array;
  /** Probabilities to learn instead of the plain label, by row. */
  readonly softTargets: ReadonlyMap<number, Float32Array>;
}

/**
 * One row for each different text. Its weight is the sum, its target the weighted mean of theirs, its label the
 * likeliest class of the target: the same loss up to a constant, in fewer rows. Above all, rows of one text that
 * contradict one another would make coordinate ascent crawl; merged, they are one step.
 * @returns `representatives`: the first of the rows that were merged, by merged row
 */
export function mergeEqualTexts(
  texts: readonly string[],
  classes: number,
  { labels, weights, softTargets }: Targets,
): Targets & { readonly representatives: readonly number[] } {
  const groups = [...Map.groupBy(texts.keys(), (row) => texts[row] ?? '').values()];
  const merged = { labels: new Int32Array(groups.length), weights: new Float64Array(groups.length) };
  const mergedTargets = new Map<number, Float32Array>();
  const sums = new Float64Array(classes);
  groups.forEach((rows, index) => {
    const [first = 0] = rows;
    const plain = rows.every((row) => !softTargets.has(row) && labels[row] === labels[first]);
    const weight = rows.reduce((sum, row) => sum + (weights[row] ?? 0), 0);
    merged.weights[index] = weight;
    merged.labels[index] = labels[first] ?? 0;
    if (plain) {
      return;
    }
    sums.fill(0);
    for (const row of rows) {
      const share = (weights[row] ?? 0) / weight;
      const soft = softTargets.get(row);
      const label = labels[row] ?? 0;
      if (soft === undefined) {
        sums[label] = (sums[label] ?? 0) + share;
      } else {
        soft.forEach((probability, k) => {
          sums[k] = (sums[k] ?? 0) + share * probability;
        });
      }
    }
    mergedTargets.set(index, Float32Array.from(sums));
    merged.labels[index] = sums.indexOf(Math.max(...sums));
  });
  return { ...merged, softTargets: mergedTargets, representatives: groups.map(([first = 0]) => first) };
}
