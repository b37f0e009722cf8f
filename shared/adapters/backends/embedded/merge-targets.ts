/** What is to be learnt, by example or by row, and how much it counts. */
export interface Targets {
  /** Class of each. */
  readonly labels: Int32Array;
  readonly weights: Float64Array;
  /** Probabilities to learn instead of the plain label, by example or row. */
  readonly softTargets: ReadonlyMap<number, Float32Array>;
}

/**
 * What the rows are to be answered with, each a text that some examples share. A row's weight is the sum, its target
 * the weighted mean of theirs, its label the likeliest class of the target: the same loss up to a constant, in fewer
 * rows. Above all, rows of one text that contradict one another would make coordinate ascent crawl; merged, they are
 * one step.
 * @param rows the examples of each row; a row without any has weight 0
 */
export function mergeTargets(
  rows: readonly (readonly number[])[],
  classes: number,
  { labels, weights, softTargets }: Targets,
): Targets {
  const merged = { labels: new Int32Array(rows.length), weights: new Float64Array(rows.length) };
  const mergedTargets = new Map<number, Float32Array>();
  const sums = new Float64Array(classes);
  rows.forEach((examples, row) => {
    const [first] = examples;
    if (first === undefined) {
      return;
    }
    const plain = examples.every((example) => !softTargets.has(example) && labels[example] === labels[first]);
    const weight = examples.reduce((sum, example) => sum + (weights[example] ?? 0), 0);
    merged.weights[row] = weight;
    merged.labels[row] = labels[first] ?? 0;
    if (plain) {
      return;
    }
    sums.fill(0);
    for (const example of examples) {
      const share = (weights[example] ?? 0) / weight;
      const soft = softTargets.get(example);
      const label = labels[example] ?? 0;
      if (soft === undefined) {
        sums[label] = (sums[label] ?? 0) + share;
      } else {
        soft.forEach((probability, k) => {
          sums[k] = (sums[k] ?? 0) + share * probability;
        });
      }
    }
    mergedTargets.set(row, Float32Array.from(sums));
    merged.labels[row] = sums.indexOf(Math.max(...sums));
  });
  return { ...merged, softTargets: mergedTargets };
}
