import { crossEntropy } from './softmax-regression.ts';

const lowest = 0.02;
const highest = 4;
const goldenRatio = (Math.sqrt(5) - 1) / 2;

/** What one model scores held-out rows: one row of `classes` a member, its true class and its weight. */
export interface HeldOutScores {
  readonly scores: Float32Array;
  readonly classes: number;
  readonly labels: readonly number[];
  readonly weights: readonly number[];
}

/**
 * The one temperature at which the models' held-out cross-entropy is lowest (Guo et al. 2017, arXiv 1706.04599), by golden-section
 * search over its logarithm; 1 without rows. It never changes which class wins. As in Platt scaling, 1 / (rows + 2) of
 * each target goes to all classes alike: a few rows that are all right do not make certainty.
 */
export function fitTemperature(models: readonly HeldOutScores[]): number {
  const usable = models.filter(({ classes }) => classes > 1);
  const rows = usable.reduce((total, { labels }) => total + labels.length, 0);
  if (rows === 0) {
    return 1;
  }
  const doubt = 1 / (rows + 2);
  const loss = (logTemperature: number): number => {
    const factor = Math.exp(-logTemperature);
    return usable.reduce((total, one) => total + scaledLoss(one, factor, doubt), 0);
  };
  let low = Math.log(lowest);
  let high = Math.log(highest);
  let left = high - goldenRatio * (high - low);
  let right = low + goldenRatio * (high - low);
  let leftLoss = loss(left);
  let rightLoss = loss(right);
  while (high - low > 0.005) {
    if (leftLoss < rightLoss) {
      high = right;
      right = left;
      rightLoss = leftLoss;
      left = high - goldenRatio * (high - low);
      leftLoss = loss(left);
    } else {
      low = left;
      left = right;
      leftLoss = rightLoss;
      right = low + goldenRatio * (high - low);
      rightLoss = loss(right);
    }
  }
  return Math.exp((low + high) / 2);
}

/** Sum of weight · cross-entropy with the scores times `factor`. */
function scaledLoss({ scores, classes, labels, weights }: HeldOutScores, factor: number, doubt: number): number {
  const scaled = new Float32Array(classes);
  const target = new Float32Array(classes);
  let total = 0;
  labels.forEach((label, row) => {
    for (let k = 0; k < classes; k++) {
      scaled[k] = (scores[row * classes + k] ?? 0) * factor;
    }
    target.fill(doubt / classes);
    target[label] = 1 - doubt + doubt / classes;
    total += (weights[row] ?? 0) * crossEntropy(scaled, classes, target, label);
  });
  return total;
}
