/** Below this, Wright's omega of ln e comes from its series in e, to a relative error under 1e-6. */
const seriesLimit = 0.02;
const maximumSteps = 60;
const tolerance = 1e-6;

/**
 * The exact step of dual coordinate ascent for one example of multinomial logistic regression (Yu, Huang and Lin 2011,
 * "Dual coordinate descent methods for logistic regression and maximum entropy models"): the distribution q that
 * maximises entropy(q) + q · b − (c / 2) |q|². At the maximum, ln q_k + c · q_k = b_k − μ, where μ makes the sum 1. So
 * c · q_k is Wright's omega of ln c + b_k − μ, and μ comes from Newton's method.
 */
export class DualStep {
  readonly #classes: number;
  readonly #logs: Float64Array;
  /** exp of the logs at the first guess of μ; may be infinite. */
  readonly #weights: Float64Array;

  constructor(classes: number) {
    this.#classes = classes;
    this.#logs = new Float64Array(classes);
    this.#weights = new Float64Array(classes);
  }

  /**
   * Writes q over b. `c` > 0 is the example's weight times its squared norm, over the L2 strength.
   * @param guess a class and about what its q will be, above 0: the nearer, the fewer steps
   */
  solve(b: Float64Array, c: number, guess: { readonly k: number; readonly q: number }): void {
    const classes = this.#classes;
    const logs = this.#logs;
    let highest = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < classes; k++) {
      const value = b[k] ?? 0;
      if (value > highest) {
        highest = value;
      }
    }
    const lowest = highest - c;
    const first = Math.max(lowest, (b[guess.k] ?? 0) - Math.log(guess.q) - c * guess.q);
    const logC = Math.log(c);
    for (let k = 0; k < classes; k++) {
      const log = logC + (b[k] ?? 0) - first;
      logs[k] = log;
      this.#weights[k] = Math.exp(log);
    }
    // The sum is convex and falling in μ. A step from above the root lands below it, and no q is above 1, so that the
    // root is at highest − c or more; from below, no step oversteps.
    let shift = 0;
    let sum = 0;
    for (let step = 0; step < maximumSteps; step++) {
      const scale = Math.exp(-shift);
      sum = 0;
      let slope = 0;
      for (let k = 0; k < classes; k++) {
        const omega = this.#omega(k, scale, shift);
        b[k] = omega;
        sum += omega;
        slope += omega / (1 + omega);
      }
      const excess = sum - c;
      if (Math.abs(excess) <= tolerance * c) {
        break;
      }
      shift = Math.max(shift + excess / slope, lowest - first);
    }
    for (let k = 0; k < classes; k++) {
      b[k] = (b[k] ?? 0) / sum;
    }
  }

  #omega(k: number, scale: number, shift: number): number {
    const e = (this.#weights[k] ?? 0) * scale;
    return e < seriesLimit ? e * (1 - e * (1 - e * (1.5 - e * (8 / 3)))) : wrightOmega((this.#logs[k] ?? 0) - shift);
  }
}

/**
 * ω with ω + ln ω = x, for x above −5, to about 1e-12 (the iteration of Fritsch, Shafer and Crowley 1973, of order 4).
 */
export function wrightOmega(x: number): number {
  let omega = x > 1 ? x - Math.log(x) + Math.log(x) / x : Math.exp(x) / (1 + Math.exp(x) * (x < -1 ? 1 : 0.75));
  for (let step = 0; step < 3; step++) {
    const residual = x - omega - Math.log(omega);
    const next = 1 + omega;
    const z = 2 * next * (next + (2 / 3) * residual);
    omega *= 1 + (residual / next) * ((z - residual) / (z - 2 * residual));
    if (Math.abs(residual) < 1e-3) {
      break;
    }
  }
  return omega;
}
