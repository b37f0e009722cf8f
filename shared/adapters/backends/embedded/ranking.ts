/** Up to so many ranks, each class is put among those that lead so far; with more, all are sorted. */
const fewRanks = 8;

/**
 * Picks the most probable classes, of equal ones the earlier; labels without a class follow, with probability 0.
 */
export class Ranking {
  readonly #classes: readonly number[];
  readonly #absent: readonly number[];
  readonly #top: number;
  readonly #order: number[];

  /**
   * @param classes places of the classes in the labels
   * @param labels how many labels there are
   * @param top how many to name
   */
  constructor(classes: readonly number[], labels: number, top: number) {
    const present = new Set(classes);
    this.#classes = classes;
    this.#top = top;
    this.#order = [];
    this.#absent =
      top > classes.length
        ? Array.from({ length: labels }, (_, position) => position).filter((position) => !present.has(position))
        : [];
  }

  /** Writes `top` labels and their probabilities from `at` on; −1 where there is no label left. */
  write(probabilities: Float64Array, labels: Int32Array, confidences: Float64Array, at: number): void {
    const order = this.#top <= fewRanks ? this.#leading(probabilities) : this.#sorted(probabilities);
    for (let rank = 0; rank < this.#top; rank++) {
      const k = order[rank];
      if (k === undefined) {
        labels[at + rank] = this.#absent[rank - this.#classes.length] ?? -1;
      } else {
        labels[at + rank] = this.#classes[k] ?? -1;
        confidences[at + rank] = probabilities[k] ?? 0;
      }
    }
  }

  #leading(probabilities: Float64Array): readonly number[] {
    const order = this.#order;
    order.length = 0;
    for (let k = 0; k < probabilities.length; k++) {
      const probability = probabilities[k] ?? 0;
      if (order.length === this.#top && probability <= (probabilities[order[this.#top - 1] ?? 0] ?? 0)) {
        continue;
      }
      let rank = Math.min(order.length, this.#top - 1);
      for (; rank > 0 && probability > (probabilities[order[rank - 1] ?? 0] ?? 0); rank--) {
        order[rank] = order[rank - 1] ?? 0;
      }
      order[rank] = k;
    }
    return order;
  }

  #sorted(probabilities: Float64Array): readonly number[] {
    // The sort is stable: the last order would decide between equals, so it starts from theirs.
    const order = this.#order;
    for (let k = 0; k < probabilities.length; k++) {
      order[k] = k;
    }
    return order.sort((a, b) => (probabilities[b] ?? 0) - (probabilities[a] ?? 0));
  }
}
