import type { HeadRequest } from './fit-head.ts';
import { HeadProblem } from './head-problem.ts';
import { seededRandom, shuffle } from './random-order.ts';
import { fitTemperature, type HeldOutScores } from './temperature.ts';
import { trainedRows } from './training-rows.ts';

const folds = 5;
/** Held-out rows that are enough to fit a temperature, which is one number. */
const enoughHeldOut = 200;
/** Passes that are enough for it: the scale of the scores settles long before the scores do. */
const calibrationEpochs = 5;

/** The temperature of a head on all rows, from cross-validation. Where fold models are trained, theirs comes for free. */
export function calibrate(request: Omit<HeadRequest, 'heldOut'>): number {
  const { rows, configuration, seed, teacher, onProgress } = request;
  const problem = new HeadProblem(request, trainedRows(rows, null), teacher);
  const { regression, targets } = problem;
  const classes = targets.classes.length;
  const plan = calibrationFolds(targets.labels, classes, seed);
  const epochs = Math.min(configuration.epochs, calibrationEpochs);
  const models = plan.map(({ training, heldOut }, index): HeldOutScores => {
    problem.fit(training, epochs, (done) => onProgress(index * epochs + done, plan.length * epochs));
    const scores = new Float32Array(heldOut.length * classes);
    heldOut.forEach((row, at) => {
      scores.set(regression.scores(row).subarray(0, classes), at * classes);
    });
    return {
      scores,
      classes,
      labels: Array.from(heldOut, (row) => targets.labels[row] ?? 0),
      weights: Array.from(heldOut, (row) => targets.weights[row] ?? 0),
    };
  });
  return fitTemperature(models);
}

interface Fold {
  readonly training: Int32Array;
  readonly heldOut: Int32Array;
}

/**
 * Stratified folds for the temperature, as many as give enough held-out rows. Rows of a class that the training part
 * lacks are not held out: no temperature would help them.
 */
function calibrationFolds(rowClasses: Int32Array, classes: number, seed: number): readonly Fold[] {
  const order = rowClasses.map((_, row) => row);
  shuffle(order, seededRandom(seed ^ 0x5eed));
  const next = Int32Array.from({ length: classes }, (_, k) => k % folds);
  const foldOfRow = new Int32Array(rowClasses.length);
  for (const row of order) {
    const k = rowClasses[row] ?? 0;
    const fold = (next[k] ?? 0) % folds;
    next[k] = fold + 1;
    foldOfRow[row] = fold;
  }
  const plan: Fold[] = [];
  let held = 0;
  for (let fold = 0; fold < folds && held < enoughHeldOut; fold++) {
    const rows = Array.from(foldOfRow.keys());
    const training = Int32Array.from(rows.filter((row) => foldOfRow[row] !== fold));
    const known = new Set(Array.from(training, (row) => rowClasses[row]));
    const heldOut = Int32Array.from(rows.filter((row) => foldOfRow[row] === fold && known.has(rowClasses[row])));
    if (heldOut.length > 0 && known.size > 1) {
      plan.push({ training, heldOut });
      held += heldOut.length;
    }
  }
  return plan;
}
