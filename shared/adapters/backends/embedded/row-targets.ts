import type { EmbeddedConfiguration } from './embedded-configuration.ts';
import type { LinearHead } from './linear-head.ts';
import { mergeTargets, type Targets } from './merge-targets.ts';
import { textAt } from './shared-memory.ts';
import { examplesByRow, type TrainingRows } from './training-rows.ts';

/** What one fit learns; nothing in it comes from a row that the fit does not train. */
export interface RowTargets extends Targets {
  /** The labels that have examples here, as places among the task's, in their order: the classes. */
  readonly classes: readonly number[];
}

/** One embedding a row, of so many floats; null where nobody needs any. */
export interface RowEmbeddings {
  readonly values: Float32Array | null;
  readonly width: number;
}

/**
 * Targets and weights of the rows that a fit trains: class balance, and the teacher's probabilities where it distils.
 * @param embeddings for the teacher
 */
export function rowTargets(
  rows: TrainingRows,
  members: Int32Array,
  configuration: EmbeddedConfiguration,
  teacher: LinearHead | null,
  embeddings: RowEmbeddings,
): RowTargets {
  const examples = examplesByRow(rows, members);
  const trained = examples.flat().sort((a, b) => a - b);
  const classes = [...new Set(trained.map((example) => rows.outputs[example] ?? 0))].sort((a, b) => a - b);
  const classOf = new Map(classes.map((position, k) => [position, k]));
  const labels = rows.outputs.map((position) => classOf.get(position) ?? 0);
  const targets = {
    labels,
    weights: balancedWeights(rows, trained, labels, classes.length, configuration.classBalance),
    softTargets:
      teacher === null || configuration.distillation === 0
        ? new Map<number, Float32Array>()
        : distilledTargets(rows, examples, labels, classes, teacher, configuration.distillation, embeddings),
  };
  return { classes, ...mergeTargets(examples, classes.length, targets) };
}

/** Sample weights, each times (mean class weight / weight of its class) ** balance; 0 of what is not trained. */
function balancedWeights(
  rows: TrainingRows,
  trained: readonly number[],
  labels: Int32Array,
  classes: number,
  balance: number,
): Float64Array {
  const totals = new Float64Array(classes);
  for (const example of trained) {
    const k = labels[example] ?? 0;
    totals[k] = (totals[k] ?? 0) + (rows.weights[example] ?? 0);
  }
  const mean = totals.reduce((sum, weight) => sum + weight, 0) / classes;
  const weights = new Float64Array(rows.weights.length);
  for (const example of trained) {
    weights[example] = (rows.weights[example] ?? 0) * (mean / (totals[labels[example] ?? 0] ?? mean)) ** balance;
  }
  return weights;
}

/**
 * Positive-congruent training (Yan et al. 2021, arXiv 2011.09161): where the teacher is right, its probabilities are
 * mixed into the target. Classes that the teacher does not know get 0 of its share.
 */
function distilledTargets(
  rows: TrainingRows,
  examples: readonly (readonly number[])[],
  labels: Int32Array,
  classes: readonly number[],
  teacher: LinearHead,
  share: number,
  { values, width }: RowEmbeddings,
): ReadonlyMap<number, Float32Array> {
  const targets = new Map<number, Float32Array>();
  const classOf = new Map(classes.map((position, k) => [rows.labels[position], k]));
  const teacherToClass = teacher.header.classes.map(
    (position) => classOf.get(teacher.header.labels[position] ?? '') ?? -1,
  );
  const probabilities = new Float64Array(teacherToClass.length);
  examples.forEach((ofRow, row) => {
    if (ofRow.length === 0) {
      return;
    }
    const embedding = values?.subarray(row * width, (row + 1) * width) ?? null;
    teacher.probabilities(textAt(rows.texts, row), embedding, probabilities);
    const winner = teacherToClass[indexOfHighest(probabilities)];
    let known = 0;
    teacherToClass.forEach((k, index) => {
      known += k < 0 ? 0 : (probabilities[index] ?? 0);
    });
    for (const example of ofRow) {
      const label = labels[example] ?? 0;
      if (winner !== label) {
        continue;
      }
      const target = new Float32Array(classes.length);
      teacherToClass.forEach((k, index) => {
        if (k >= 0) {
          target[k] = (share * (probabilities[index] ?? 0)) / known;
        }
      });
      target[label] = (target[label] ?? 0) + (1 - share);
      targets.set(example, target);
    }
  });
  return targets;
}

function indexOfHighest(values: Float64Array): number {
  let best = 0;
  for (let index = 1; index < values.length; index++) {
    if ((values[index] ?? 0) > (values[best] ?? 0)) {
      best = index;
    }
  }
  return best;
}
