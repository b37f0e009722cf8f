/**
 * A judged record as the noise model sees it: the probabilities of its labels out of fold, and which one it was given.
 */
export interface NoiseSample {
  readonly probabilities: readonly number[];
  /** Position of the given label. */
  readonly given: number;
}

/** A fitted model of how given labels come about. */
export interface LabelNoise {
  /**
   * Sharpening (above 1) or flattening (below 1) exponent that makes the out-of-fold probabilities fit the given
   * labels.
   */
  readonly sharpness: number;
  /** Share of given labels that are random. */
  readonly rate: number;
}

/** No probability counts as smaller than this: a model is never that sure. */
const smallest = 1e-5;
const sharpnesses = [0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.15, 1.3, 1.5, 1.75, 2, 2.5, 3];
const samplesRead = 20_000;

/** A label's probability when all are raised to a power and normalised anew (temperature scaling, Guo et al. 2017). */
export function sharpened(probabilities: readonly number[], sharpness: number, label: number): number {
  let sum = 0;
  for (const p of probabilities) sum += Math.max(smallest, p) ** sharpness;
  return Math.max(smallest, probabilities[label] ?? 0) ** sharpness / sum;
}

/**
 * Fits, by maximum likelihood, a mixture in which a given label is drawn from the (sharpened) out-of-fold probabilities
 * with chance 1 − rate, and at random from the other labels with chance rate. The mixture keeps the calibration from
 * being spoilt by wrong labels and the rate from counting the model's own errors: only labels that a calibrated model
 * all but rules out raise it.
 */
export function fitLabelNoise(samples: readonly NoiseSample[]): LabelNoise {
  const stride = Math.max(1, Math.ceil(samples.length / samplesRead));
  const read = samples.filter((_, at) => at % stride === 0);
  let best: LabelNoise & { likelihood: number } = { sharpness: 1, rate: 0, likelihood: Number.NEGATIVE_INFINITY };
  if (read.length === 0) return { sharpness: 1, rate: 0 };
  for (const sharpness of sharpnesses) {
    const self = new Float64Array(read.length);
    read.forEach(({ probabilities, given }, at) => {
      self[at] = sharpened(probabilities, sharpness, given);
    });
    const others = Math.max(1, (read[0]?.probabilities.length ?? 2) - 1);
    const fitted = fitRate(self, others);
    if (fitted.likelihood > best.likelihood) best = { sharpness, ...fitted };
  }
  return { sharpness: best.sharpness, rate: best.rate };
}

function fitRate(self: Float64Array, others: number): { rate: number; likelihood: number } {
  let rate = 0.05;
  let likelihood = Number.NEGATIVE_INFINITY;
  for (let round = 0; round < 60; round += 1) {
    let expected = 0;
    let sum = 0;
    for (const p of self) {
      const random = (rate * (1 - p)) / others;
      const total = (1 - rate) * p + random;
      expected += random / total;
      sum += Math.log(total);
    }
    const next = Math.min(0.6, Math.max(1e-6, expected / self.length));
    const settled = Math.abs(sum - likelihood) < 1e-6 * self.length;
    likelihood = sum;
    if (settled) break;
    rate = next;
  }
  return { rate, likelihood };
}

/**
 * Probability that a given label is random, by Bayes' rule under the fitted mixture.
 * @param self its sharpened probability
 */
export function chanceOfFlip(self: number, labels: number, rate: number): number {
  const random = (rate * (1 - self)) / Math.max(1, labels - 1);
  return random / (random + (1 - rate) * self);
}
