import { wilsonInterval } from '../base/statistics.ts';
import type { NoiseSample } from './label-noise.ts';

/** Fewer trusted examples say nothing of the model. */
const enoughExamples = 20;
/** As many examples as the mean over all pairs of labels weighs against the examples of one label. */
const weightOfMean = 10;

/** Level of an interval of one standard error to either side. */
const oneStandardError = 0.68;

/**
 * How far a model's objections can be trusted: how often it errs on examples whose labels are trusted and that it did
 * not train on. Where there are hardly any, nothing is known against the model.
 */
export class Trust {
  /** Share of the trusted examples that the model gets wrong, by the rule of succession; 0 where nothing is known. */
  readonly errorRate: number;
  /** Upper end of its interval. */
  readonly #mostErrors: number;
  readonly #ofLabel = new Map<number, number>();
  readonly #confused = new Map<string, number>();
  readonly #pairs: number;

  constructor(samples: readonly NoiseSample[]) {
    let errors = 0;
    this.#pairs = Math.max(1, (samples[0]?.probabilities.length ?? 2) - 1);
    for (const { probabilities, given } of samples) {
      const answered = likeliest(probabilities);
      this.#ofLabel.set(given, (this.#ofLabel.get(given) ?? 0) + 1);
      if (answered === given) continue;
      errors += 1;
      const pair = `${given} ${answered}`;
      this.#confused.set(pair, (this.#confused.get(pair) ?? 0) + 1);
    }
    const known = samples.length >= enoughExamples;
    this.errorRate = known ? (errors + 1) / (samples.length + 2) : 0;
    this.#mostErrors = known ? wilsonInterval(errors, samples.length, oneStandardError).upper : 0;
  }

  /**
   * Share of the texts of one label that the model takes for the other.
   * @param right
   * @param answered positions of labels
   */
  confusion(right: number, answered: number): number {
    if (this.errorRate === 0) return 0;
    const confused = this.#confused.get(`${right} ${answered}`) ?? 0;
    const mean = this.errorRate / this.#pairs;
    return (confused + weightOfMean * mean) / ((this.#ofLabel.get(right) ?? 0) + weightOfMean);
  }

  /**
   * Share of failures that the model's own errors surely do not explain, as far as so few examples tell: at most so
   * many are the judge's.
   * @param failing share of all records that fail
   */
  unexplained(failing: number): number {
    return failing <= this.#mostErrors ? 0 : 1 - this.#mostErrors / failing;
  }
}

/** Position of the greatest probability, the first of equals. */
export function likeliest(probabilities: readonly number[]): number {
  return probabilities.reduce((best, p, at) => (p > (probabilities[best] ?? 0) ? at : best), 0);
}
