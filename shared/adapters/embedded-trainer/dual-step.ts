/** E below this: Wright's omega by its series, to a relative error under 1e-8. */
const seriesLimit = 0.02;
const maxNewtonSteps = 50;
const tolerance = 1e-9;

/**
 * The exact step of dual coordinate ascent for one example of multinomial logistic regression (Yu, Huang and Lin 2011,
 * "Dual coordinate descent methods for logistic regression and maximum entropy models"): the distribution q that maximises
 * entropy(q) + q · b − (c / 2) |q|². At the maximum, ln q_k + c · q_k = b_k − μ, where μ makes the sum 1; so c · q_k is
 * Wright's omega of b_k − μ + ln c, and μ comes from Newton's method.
 */
export class DualStep {
  readonly #weights: Float64Array;
  readonly #classes: number;

  constructor(classes: number) {
    this.#classes = classes;
    this.#weights = new Float64Array(classes);
  }

  /** Writes q over b. `c` > 0 is the example's weight times its squared norm, over the L2 strength. */
  solve(b: Float64Array, c: number): void {
    const classes = this.#classes;
    const weights = this.#weights;
    let highest = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < classes; k++) {
      const value = b[k] ?? 0;
      if (value > highest) {
        highest = value;
      }
    }
    for (let k = 0; k < classes; k++) {
      weights[k] = c * Math.exp((b[k] ?? 0) - highest);
    }
    // shift = μ − highest. At the softmax of b, and without the quadratic term, it would be the log of the sum. Below the root
    // the sum is above 1, and the sum is convex in μ: Newton from there never oversteps.
    let shift = -c;
    for (let step = 0; step < maxNewtonSteps; step++) {
      const scale = Math.exp(-shift);
      let sum = 0;
      let slope = 0;
      for (let k = 0; k < classes; k++) {
        const e = (weights[k] ?? 0) * scale;
        const omega = e < seriesLimit ? e * (1 - e * (1 - e * (1.5 - e * (8 / 3)))) : wrightOmega(e);
        sum += omega;
        slope += omega / (1 + omega);
      }
      const excess = sum - c;
      if (Math.abs(excess) <= tolerance * c) {
        break;
      }
      shift += excess / slope;
    }
    const scale = Math.exp(-shift);
    let sum = 0;
    for (let k = 0; k < classes; k++) {
      const e = (weights[k] ?? 0) * scale;
      const q = e < seriesLimit ? e * (1 - e * (1 - e * (1.5 - e * (8 / 3)))) : wrightOmega(e);
      b[k] = q;
      sum += q;
    }
    for (let k = 0; k < classes; k++) {
      b[k] = (b[k] ?? 0) / sum;
    }
  }
}

/** ω with ω + ln ω = ln e, that is Lambert's W of e, by two Halley steps from a close start. */
function wrightOmega(e: number): number {
  const log = Math.log(e);
  let omega =
    e < 1
      ? e / (1 + e * (1 - 0.5 * Math.min(e, 1)))
      : log > 3
        ? log - Math.log(log)
        : 0.567 + log * 0.361 + log * log * 0.035;
  for (let step = 0; step < 3; step++) {
    const residual = log - omega - Math.log(omega);
    const next = 1 + omega;
    // Fritsch, Shafer and Crowley 1973.
    const z = 2 * next * (next + (2 / 3) * residual);
    omega *= 1 + (residual / next) * ((z - residual) / (z - 2 * residual));
    if (Math.abs(residual) < 1e-4) {
      break;
    }
  }
  return omega;
}
