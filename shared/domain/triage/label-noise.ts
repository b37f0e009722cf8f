/**
 * A judged record as the noise model sees it: the logits of its labels out of fold, and which one it was given.
 */
export interface NoiseSample {
  readonly logits: ArrayLike<number>;
  /** Position of the given label. */
  readonly given: number;
}

const sharpnesses = [0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.15, 1.3, 1.5, 1.75, 2, 2.5, 3];
const samplesRead = 20_000;

/** Probabilities when all logits are scaled (temperature scaling, Guo et al. 2017): softmax(sharpness · logits). */
export function sharpened(logits: ArrayLike<number>, sharpness: number): Float64Array {
  const result = new Float64Array(logits.length);
  let top = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < result.length; at += 1) top = Math.max(top, logits[at] ?? 0);
  let sum = 0;
  for (let at = 0; at < result.length; at += 1) {
    const value = Math.exp(sharpness * ((logits[at] ?? 0) - top));
    result[at] = value;
    sum += value;
  }
  for (let at = 0; at < result.length; at += 1) result[at] = (result[at] ?? 0) / sum;
  return result;
}

/**
 * Fits, by maximum likelihood, a mixture in which a given label is drawn from the sharpened out-of-fold probabilities
 * with chance 1 − rate, and at random from the other labels with chance rate. The mixture keeps the calibration from
 * being spoilt by wrong labels.
 * @returns the sharpening (above 1) or flattening (below 1) factor
 */
export function fitSharpness(samples: readonly NoiseSample[]): number {
  const stride = Math.max(1, Math.ceil(samples.length / samplesRead));
  const read = samples.filter((_, at) => at % stride === 0);
  let best = { sharpness: 1, likelihood: Number.NEGATIVE_INFINITY };
  if (read.length === 0) return best.sharpness;
  const others = Math.max(1, (read[0]?.logits.length ?? 2) - 1);
  for (const sharpness of sharpnesses) {
    const self = Float64Array.from(read, ({ logits, given }) => sharpenedAt(logits, sharpness, given));
    const likelihood = likelihoodOf(self, others);
    if (likelihood > best.likelihood) best = { sharpness, likelihood };
  }
  return best.sharpness;
}

/** The sharpened probability of one label. */
function sharpenedAt(logits: ArrayLike<number>, sharpness: number, label: number): number {
  const own = logits[label] ?? 0;
  let sum = 0;
  for (let at = 0; at < logits.length; at += 1) sum += Math.exp(sharpness * ((logits[at] ?? 0) - own));
  return 1 / sum;
}

/** The likelihood, its logarithm, at the rate where it is greatest. */
function likelihoodOf(self: Float64Array, others: number): number {
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
  return likelihood;
}
