import { RatchetError } from '../../../domain/base/errors.ts';
import type { HeadArtifact } from './artifact.ts';
import { HeadProblem, type HeadSource } from './head-problem.ts';
import { LinearHead } from './linear-head.ts';
import { mergeTargets } from './merge-targets.ts';
import { quantised } from './quantise.ts';
import { textAt } from './shared-memory.ts';
import type { HeldOutScores } from './temperature.ts';
import { examplesByRow, type HeldOutPart, judgedRows, trainedRows } from './training-rows.ts';

export interface HeadRequest extends HeadSource {
  /** Null trains all rows. */
  readonly heldOut: HeldOutPart | null;
  readonly teacher: LinearHead | null;
  readonly onProgress: (done: number, total: number) => void;
}

export interface FittedHead {
  /** Of temperature 1: calibration comes after, as does interpolation with the champion. */
  readonly head: HeadArtifact;
  readonly finalLoss: number;
  /** What it scores the rows that no other part holds out; none where nothing is held out. */
  readonly judged: HeldOutScores;
}

/**
 * Trains one head: softmax regression over n-grams and embeddings, on the rows that its part does not hold out.
 * @throws RatchetError InvalidInput when all are held out
 */
export function fitHead(request: HeadRequest): FittedHead {
  const { rows, configuration, heldOut } = request;
  const members = trainedRows(rows, heldOut);
  if (members.length === 0) {
    throw new RatchetError(
      'InvalidInput',
      `The model of part ${heldOut?.part} of ${heldOut?.parts} has nothing to learn from: its part holds every example.`,
    );
  }
  const problem = new HeadProblem(request, members, request.teacher);
  problem.fit(members, configuration.epochs, request.onProgress);
  const { regression, targets, denseWidth } = problem;
  const finalLoss = regression.loss(members);
  const columns = targets.classes.length;
  const sparse = quantised({ weights: regression.theta, stride: regression.stride, columns }, rows);
  const denseWeights = new Float32Array((denseWidth + 1) * columns);
  for (let row = 0; row <= denseWidth; row++) {
    const from = (rows.low.length + row) * regression.stride;
    denseWeights.set(regression.theta.subarray(from, from + columns), row * columns);
  }
  const head: HeadArtifact = {
    header: {
      foundation: configuration.foundation,
      ...(configuration.encoder === undefined ? {} : { encoder: configuration.encoder }),
      labels: [...rows.labels],
      classes: [...targets.classes],
      sparseFeatures: sparse.low.length,
      denseWidth,
      temperature: 1,
    },
    ...sparse,
    denseWeights,
  };
  return { head, finalLoss, judged: judgedScores(request, head) };
}

/**
 * Scores as the head will be asked for them, with n-grams that it has not seen left out. Rows of a class that it lacks
 * are left out: no temperature would help them.
 */
function judgedScores({ rows, heldOut, embeddings, width }: HeadRequest, artifact: HeadArtifact): HeldOutScores {
  const columns = artifact.header.classes.length;
  const judged = heldOut === null ? new Int32Array() : judgedRows(rows, heldOut);
  const truth = mergeTargets(examplesByRow(rows, judged), rows.labels.length, {
    labels: rows.outputs,
    weights: rows.weights,
    softTargets: new Map(),
  });
  const classOf = new Map(artifact.header.classes.map((position, k) => [position, k]));
  const usable = [...judged].filter((row) => classOf.has(truth.labels[row] ?? 0));
  const scores = new Float32Array(usable.length * columns);
  if (usable.length > 0) {
    const head = new LinearHead(artifact);
    usable.forEach((row, at) => {
      const embedding = embeddings?.subarray(row * width, (row + 1) * width) ?? null;
      scores.set(head.scores(textAt(rows.texts, row), embedding).subarray(0, columns), at * columns);
    });
  }
  return {
    scores,
    classes: columns,
    labels: usable.map((row) => classOf.get(truth.labels[row] ?? 0) ?? 0),
    weights: usable.map((row) => truth.weights[row] ?? 0),
  };
}
