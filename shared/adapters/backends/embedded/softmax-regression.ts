import { DualStep } from './dual-step.ts';
import { allocationBytes, columnAlignment, Kernels, roundUp } from './kernels.ts';
import { seededRandom, shuffle } from './random-order.ts';
import type { SparseRows } from './tf-idf.ts';

export interface SoftmaxProblem {
  readonly sparse: SparseRows;
  /** Number of different indices in the sparse rows. */
  readonly sparseFeatures: number;
  /** Row-major, `denseWidth` a row. */
  readonly dense: Float32Array;
  /** What they are multiplied by; 1 by default. */
  readonly denseScale?: number;
  readonly denseWidth: number;
  readonly classes: number;
  /** Class number of each row. */
  readonly labels: Int32Array;
  /** Sample weight of each row. */
  readonly weights: Float64Array;
  /** Probabilities to learn instead of the plain label, by row; a row without an entry learns its label. */
  readonly softTargets: ReadonlyMap<number, Float32Array>;
}

export interface FitOptions {
  /** Passes over the rows at most; fewer when they no longer change anything. */
  readonly epochs: number;
  /** Taken as {@link smallestL2} when it is less: dual ascent needs some. */
  readonly l2: number;
  /**
   * How far, in nats, the label's score has to be ahead of the others to count as no further ahead than they; 0 by
   * default.
   */
  readonly margin?: number;
  /** Share of each row's weight that is learnt without its dense features; 0 by default. */
  readonly denseDropout?: number;
  readonly seed: number;
  readonly onEpoch?: (done: number, total: number) => void;
}

/** Mean change of a row's probabilities in an epoch (total variation) at which training is done. */
const converged = 3e-4;
export const smallestL2 = 1e-4;
/** Changes below this are not written to the weights. */
const negligible = 1e-6;

/**
 * Multinomial logistic regression over sparse and dense features and a constant 1: minimises Σ weight ·
 * cross-entropy(target, softmax(θ x)) + (l2 / 2) · |θ|², the constant's weights included, by exact dual coordinate
 * ascent. It has no step size, and it ends near the one optimum there is: two trainings on nearly the same data give
 * nearly the same model. With a margin, softmax(θ x − margin · target) stands in the loss: softmax-margin (Gimpel and
 * Smith 2010, "Softmax-Margin CRFs"), which asks as a support vector machine does for labels that win clearly. With
 * dropout of the dense features, each row counts twice, with them and without them, so that the sparse features alone
 * can carry a row whose dense ones mislead (Neverova et al. 2015, "ModDrop").
 */
export class SoftmaxRegression {
  readonly #problem: SoftmaxProblem;
  readonly #kernels: Kernels;
  readonly #stride: number;
  /** (sparseFeatures + denseWidth + 1) × stride. */
  readonly #theta: Float32Array;
  /** The row at work: the problem's rows stay where they are, shared by fits, and each is copied when its turn comes. */
  readonly #indices: Int32Array;
  readonly #values: Float32Array;
  readonly #denseIndices: Int32Array;
  readonly #denseValues: Float32Array;
  #loaded = -1;
  #length = 0;
  readonly #scores: Float32Array;
  readonly #delta: Float32Array;

  constructor(problem: SoftmaxProblem) {
    const { sparse, sparseFeatures, denseWidth, classes } = problem;
    const width = denseWidth + 1;
    const longest = longestRow(sparse);
    this.#problem = problem;
    this.#stride = roundUp(classes, columnAlignment);
    const sizes = [(sparseFeatures + width) * this.#stride, longest, longest, width, width, this.#stride, this.#stride];
    this.#kernels = new Kernels(sizes.reduce((total, length) => total + allocationBytes(length), 0));
    this.#theta = this.#kernels.floats((sparseFeatures + width) * this.#stride);
    this.#indices = this.#kernels.integers(longest);
    this.#values = this.#kernels.floats(longest);
    this.#denseIndices = this.#kernels.integers(width);
    this.#denseIndices.forEach((_, index) => {
      this.#denseIndices[index] = sparseFeatures + index;
    });
    this.#denseValues = this.#kernels.floats(width);
    this.#denseValues[denseWidth] = 1;
    this.#scores = this.#kernels.floats(this.#stride);
    this.#delta = this.#kernels.floats(this.#stride);
  }

  /** The weights: one row of {@link stride} floats a feature: sparse features, dense ones, then the constant. */
  get theta(): Float32Array {
    return this.#theta;
  }

  get stride(): number {
    return this.#stride;
  }

  /** θ x of a row, in an array that the next call overwrites. */
  scores(row: number, dense = true): Float32Array {
    this.#load(row);
    const width = this.#problem.denseWidth + 1;
    const first = dense ? 0 : width - 1;
    const stride = this.#stride;
    this.#scores.fill(0);
    this.#kernels.addRows(this.#scores, this.#theta, this.#indices, 0, this.#values, 0, this.#length, stride);
    this.#kernels.addRows(
      this.#scores,
      this.#theta,
      this.#denseIndices,
      first,
      this.#denseValues,
      first,
      width - first,
      stride,
    );
    return this.#scores;
  }

  /** Learns from the member rows alone, from zero. */
  fit(members: Int32Array, options: FitOptions): void {
    const { epochs, seed, margin = 0, denseDropout = 0, onEpoch } = options;
    const l2 = Math.max(options.l2, smallestL2);
    const { classes, labels, weights, softTargets, denseWidth } = this.#problem;
    this.#theta.fill(0);
    const shares = denseWidth > 0 && denseDropout > 0 ? [1 - denseDropout, denseDropout] : [1];
    const views = members.length * shares.length;
    const q = new Float32Array(views * classes);
    const norms = new Float64Array(views);
    for (let view = 0; view < views; view++) {
      const row = members[view % members.length] ?? 0;
      const target = softTargets.get(row);
      if (target === undefined) {
        q[view * classes + (labels[row] ?? 0)] = 1;
      } else {
        q.set(target, view * classes);
      }
      norms[view] = this.#squaredNorm(row, view < members.length);
    }
    const order = Int32Array.from({ length: views }, (_, view) => view);
    const random = seededRandom(seed);
    const step = new DualStep(classes);
    const b = new Float64Array(classes);
    for (let epoch = 0; epoch < epochs; epoch++) {
      shuffle(order, random);
      let changed = 0;
      for (const view of order) {
        const row = members[view % members.length] ?? 0;
        const dense = view < members.length;
        const weight = (weights[row] ?? 0) * (shares[dense ? 0 : 1] ?? 1);
        const c = (weight * (norms[view] ?? 0)) / l2;
        const at = view * classes;
        const scores = this.scores(row, dense);
        let likeliest = 0;
        for (let k = 0; k < classes; k++) {
          const probability = q[at + k] ?? 0;
          b[k] = (scores[k] ?? 0) + c * probability;
          if (probability > (q[at + likeliest] ?? 0)) {
            likeliest = k;
          }
        }
        const target = softTargets.get(row);
        if (target === undefined) {
          const label = labels[row] ?? 0;
          b[label] = (b[label] ?? 0) - margin;
        } else {
          for (let k = 0; k < classes; k++) {
            b[k] = (b[k] ?? 0) - margin * (target[k] ?? 0);
          }
        }
        step.solve(b, c, { k: likeliest, q: q[at + likeliest] ?? 1 });
        let variation = 0;
        for (let k = 0; k < classes; k++) {
          const difference = (q[at + k] ?? 0) - (b[k] ?? 0);
          this.#delta[k] = (weight / l2) * difference;
          variation += Math.abs(difference);
        }
        changed += variation;
        if (variation > negligible) {
          this.#update(row, dense);
          for (let k = 0; k < classes; k++) {
            q[at + k] = b[k] ?? 0;
          }
        }
      }
      onEpoch?.(epoch + 1, epochs);
      if (changed / 2 / views < converged) {
        break;
      }
    }
  }

  /** Mean weighted cross-entropy of the targets under the weights as they are, in nats. */
  loss(members: Int32Array): number {
    const { classes, labels, weights, softTargets } = this.#problem;
    let loss = 0;
    let totalWeight = 0;
    for (const row of members) {
      const weight = weights[row] ?? 0;
      loss += weight * crossEntropy(this.scores(row), classes, softTargets.get(row), labels[row] ?? 0);
      totalWeight += weight;
    }
    return loss / totalWeight;
  }

  #update(row: number, dense: boolean): void {
    this.#load(row);
    const width = this.#problem.denseWidth + 1;
    const first = dense ? 0 : width - 1;
    const stride = this.#stride;
    this.#kernels.updateRows(this.#theta, this.#delta, this.#indices, 0, this.#values, 0, this.#length, stride);
    this.#kernels.updateRows(
      this.#theta,
      this.#delta,
      this.#denseIndices,
      first,
      this.#denseValues,
      first,
      width - first,
      stride,
    );
  }

  #squaredNorm(row: number, dense: boolean): number {
    this.#load(row);
    let sum = 0;
    for (let at = 0; at < this.#length; at++) {
      sum += (this.#values[at] ?? 0) ** 2;
    }
    for (let at = dense ? 0 : this.#problem.denseWidth; at <= this.#problem.denseWidth; at++) {
      sum += (this.#denseValues[at] ?? 0) ** 2;
    }
    return sum;
  }

  #load(row: number): void {
    if (row === this.#loaded) {
      return;
    }
    const { sparse, dense, denseWidth, denseScale = 1 } = this.#problem;
    const { indices, values } = sparse;
    const begin = sparse.starts[row] ?? 0;
    const length = (sparse.starts[row + 1] ?? 0) - begin;
    for (let at = 0; at < length; at++) {
      this.#indices[at] = indices[begin + at] ?? 0;
      this.#values[at] = values[begin + at] ?? 0;
    }
    this.#denseValues.set(dense.subarray(row * denseWidth, (row + 1) * denseWidth));
    for (let index = 0; index < denseWidth; index++) {
      this.#denseValues[index] = denseScale * (this.#denseValues[index] ?? 0);
    }
    this.#length = length;
    this.#loaded = row;
  }
}

/** Features of the sparse row that has most. */
function longestRow({ starts }: SparseRows): number {
  let longest = 0;
  for (let row = 0; row + 1 < starts.length; row++) {
    longest = Math.max(longest, (starts[row + 1] ?? 0) - (starts[row] ?? 0));
  }
  return longest;
}

/** −Σ target · ln softmax(scores), in nats. */
export function crossEntropy(
  scores: Float32Array,
  classes: number,
  target: Float32Array | undefined,
  label: number,
): number {
  let highest = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < classes; k++) {
    highest = Math.max(highest, scores[k] ?? 0);
  }
  let sum = 0;
  for (let k = 0; k < classes; k++) {
    sum += Math.exp((scores[k] ?? 0) - highest);
  }
  const logSum = highest + Math.log(sum);
  if (target === undefined) {
    return logSum - (scores[label] ?? 0);
  }
  let expected = 0;
  for (let k = 0; k < classes; k++) {
    expected += (target[k] ?? 0) * (scores[k] ?? 0);
  }
  return logSum - expected;
}
