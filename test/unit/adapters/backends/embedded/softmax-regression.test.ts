import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../../shared/adapters/backends/embedded/random-order.ts';
import { SoftmaxRegression } from '../../../../../shared/adapters/backends/embedded/softmax-regression.ts';

const classes = 3;
const rows = 60;
const denseWidth = 4;
const features = 10;
const l2 = 0.3;

/** Three noisy classes with sparse and dense features, weights and one soft target. */
function makeProblem() {
  const random = seededRandom(11);
  const labels = Int32Array.from({ length: rows }, (_, row) => row % classes);
  const starts = Int32Array.from({ length: rows + 1 }, (_, row) => row * 2);
  const indices = Int32Array.from({ length: rows * 2 }, (_, at) => (at % 2) * 5 + Math.floor(random() * 5));
  const values = Float32Array.from({ length: rows * 2 }, () => random());
  const dense = Float32Array.from(
    { length: rows * denseWidth },
    (_, at) => random() + (at % denseWidth === labels[Math.floor(at / denseWidth)] ? 0.7 : 0),
  );
  const weights = Float64Array.from({ length: rows }, () => 0.5 + random());
  const softTargets = new Map([[5, Float32Array.of(0.5, 0.25, 0.25)]]);
  return {
    sparse: { starts, indices, values },
    sparseFeatures: features,
    dense,
    denseWidth,
    classes,
    labels,
    weights,
    softTargets,
  };
}

/** A row's features, all written out, the constant last. */
function fullRow(problem: ReturnType<typeof makeProblem>, row: number): number[] {
  const x = new Array<number>(features + denseWidth + 1).fill(0);
  for (let at = row * 2; at < row * 2 + 2; at++) {
    const index = problem.sparse.indices[at] ?? 0;
    x[index] = (x[index] ?? 0) + (problem.sparse.values[at] ?? 0);
  }
  for (let column = 0; column < denseWidth; column++) {
    x[features + column] = problem.dense[row * denseWidth + column] ?? 0;
  }
  x[features + denseWidth] = 1;
  return x;
}

describe('softmax regression', () => {
  it.each([
    [0, 0],
    [2, 0],
    [2, 0.3],
  ])(
    'ends where the gradient of the loss with L2, a margin of %d and dropout of %d is zero',
    (margin, denseDropout) => {
      const problem = makeProblem();
      const regression = new SoftmaxRegression(problem);
      regression.fit(
        Int32Array.from({ length: rows }, (_, row) => row),
        { epochs: 1_000, l2, margin, denseDropout, seed: 1 },
      );
      const gradient = Array.from({ length: features + denseWidth + 1 }, (_, feature) =>
        Array.from({ length: classes }, (_, k) => l2 * (regression.theta[feature * regression.stride + k] ?? 0)),
      );
      for (let row = 0; row < rows; row++) {
        const full = fullRow(problem, row);
        const bare = full.map((value, feature) => (feature >= features && feature < features + denseWidth ? 0 : value));
        const soft = problem.softTargets.get(row);
        for (const [x, share] of [
          [full, 1 - denseDropout],
          [bare, denseDropout],
        ] as const) {
          const targets = Array.from({ length: classes }, (_, k) => soft?.[k] ?? (problem.labels[row] === k ? 1 : 0));
          const exps = targets.map((target, k) => {
            const score = x.reduce(
              (sum, value, feature) => sum + value * (regression.theta[feature * regression.stride + k] ?? 0),
              0,
            );
            return Math.exp(score - margin * target);
          });
          const total = exps.reduce((sum, value) => sum + value, 0);
          targets.forEach((target, k) => {
            const residual = share * (problem.weights[row] ?? 0) * ((exps[k] ?? 0) / total - target);
            x.forEach((value, feature) => {
              const line = gradient[feature];
              if (line !== undefined) line[k] = (line[k] ?? 0) + residual * value;
            });
          });
        }
      }
      expect(Math.max(...gradient.flat().map(Math.abs))).toBeLessThan(0.02);
    },
  );

  it('learns from the members alone, and forgets what it learnt before', () => {
    const problem = makeProblem();
    const members = Int32Array.from({ length: 30 }, (_, index) => index * 2);
    const once = new SoftmaxRegression(problem);
    once.fit(members, { epochs: 20, l2, seed: 1 });
    const twice = new SoftmaxRegression(problem);
    twice.fit(
      Int32Array.from({ length: rows }, (_, row) => row),
      { epochs: 3, l2, seed: 9 },
    );
    twice.fit(members, { epochs: 20, l2, seed: 1 });
    expect(twice.theta).toEqual(once.theta);
  });

  it('has nothing to drop where there are no dense features', () => {
    const problem = { ...makeProblem(), dense: new Float32Array(), denseWidth: 0 };
    const members = Int32Array.from({ length: rows }, (_, row) => row);
    const plain = new SoftmaxRegression(problem);
    plain.fit(members, { epochs: 20, l2, seed: 1 });
    const dropped = new SoftmaxRegression(problem);
    dropped.fit(members, { epochs: 20, l2, denseDropout: 0.3, seed: 1 });
    expect(dropped.theta).toEqual(plain.theta);
  });

  it('stays finite with weights and strengths far from each other', () => {
    const problem = makeProblem();
    problem.weights.forEach((_, row) => {
      problem.weights[row] = row % 2 === 0 ? 1e4 : 1e-4;
    });
    const members = Int32Array.from({ length: rows }, (_, row) => row);
    const regression = new SoftmaxRegression(problem);
    for (const strength of [0, 1e6]) {
      regression.fit(members, { epochs: 5, l2: strength, seed: 1 });
      expect(Number.isFinite(regression.loss(members))).toBe(true);
    }
  });
});
