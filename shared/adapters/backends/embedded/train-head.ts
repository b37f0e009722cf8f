import { RatchetError } from '../../../domain/base/errors.ts';
import { encodeArtifact, type HeadArtifact } from './artifact.ts';
import type { EmbeddedConfiguration } from './embedded-configuration.ts';
import { embeddingScale, type LinearHead } from './linear-head.ts';
import { mergeEqualTexts } from './merge-rows.ts';
import { seededRandom, shuffle } from './random-order.ts';
import { SoftmaxRegression } from './softmax-regression.ts';
import { fitTemperature } from './temperature.ts';
import { fitTfIdf } from './tf-idf.ts';
import type { ReadableExample } from './training-set.ts';
import { embeddingLength } from './use-lite.ts';

export interface HeadRequest {
  readonly labels: readonly string[];
  readonly examples: readonly ReadableExample[];
  readonly configuration: EmbeddedConfiguration;
  readonly seed: number;
  /** One embedding an example, in their order; null when neither the head nor its teacher has a foundation. */
  readonly embeddings: Float32Array | null;
  readonly teacher: LinearHead | null;
  readonly onProgress: (done: number, total: number) => void;
}

export interface TrainedHead {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly finalLoss: number;
}

/** Floats in the largest array that training may take: 1 GiB. */
const maximumFloats = 2 ** 28;
const folds = 5;
/** Held-out rows that are enough to fit a temperature, which is one number. */
const enoughHeldOut = 200;
/**
 * In nats; chosen on validation text with the default L2 strength (docs/benchmarks/trainer.md). With many examples it
 * brings a tenth of a point, three on noisy text; with few it does no harm.
 */
const margin = 4;
/** Passes that are enough for it: the scale of the scores settles long before the scores do. */
const calibrationEpochs = 5;

/**
 * Trains the head: TF-IDF and embeddings, softmax regression over them, a temperature from cross-validation.
 * Interpolation with the champion comes after.
 * @throws RatchetError InvalidInput for an output that is not a label of the task
 */
export function trainHead(request: HeadRequest): TrainedHead {
  const { labels, examples, configuration, seed, onProgress } = request;
  const { classes, rowClasses } = classesOf(labels, examples);
  const viewsARow = configuration.foundation !== 'none' && configuration.embeddingDropout > 0 ? 2 : 1;
  if (examples.length * viewsARow * classes.length > maximumFloats) {
    throw new RatchetError(
      'TrainingFailed',
      `${examples.length} examples × ${classes.length} labels are too many for the embedded trainer.`,
    );
  }
  const merged = mergeEqualTexts(
    examples.map(({ text }) => text),
    classes.length,
    {
      labels: rowClasses,
      weights: balancedWeights(examples, rowClasses, classes.length, configuration.classBalance),
      softTargets: distilledTargets(request, classes, rowClasses),
    },
  );
  const maximumFeatures = Math.floor(maximumFloats / (classes.length + 8));
  const texts = merged.representatives.map((row) => examples[row]?.text ?? '');
  const { model, rows } = fitTfIdf(texts, 1, maximumFeatures);
  const denseWidth = configuration.foundation === 'none' ? 0 : embeddingLength;
  const regression = new SoftmaxRegression({
    sparse: rows,
    sparseFeatures: model.vocabulary.size,
    dense: denseWidth === 0 ? new Float32Array() : scaledRows(request.embeddings, merged.representatives),
    denseWidth,
    classes: classes.length,
    ...merged,
  });
  const members = Int32Array.from(texts, (_, row) => row);
  const plan = calibrationFolds(merged.labels, classes.length, seed);
  const foldEpochs = Math.min(configuration.epochs, calibrationEpochs);
  const total = configuration.epochs + plan.length * foldEpochs;
  let before = 0;
  const fit = (part: Int32Array, epochs: number): void => {
    const { l2, embeddingDropout: denseDropout } = configuration;
    regression.fit(part, {
      epochs,
      l2,
      margin,
      denseDropout,
      seed,
      onEpoch: (done) => onProgress(before + done, total),
    });
    before += epochs;
  };
  const heldOut = heldOutScores(regression, plan, merged.labels, merged.weights, classes.length, (part) =>
    fit(part, foldEpochs),
  );
  const temperature = fitTemperature(heldOut);
  fit(members, configuration.epochs);
  const finalLoss = regression.loss(members);
  onProgress(total, total);
  const artifact = toArtifact(regression, {
    header: {
      foundation: configuration.foundation,
      labels: [...labels],
      classes,
      sparseFeatures: model.vocabulary.size,
      denseWidth,
      temperature,
    },
    ...model.vocabulary.keys(),
    idf: model.idf,
  });
  return { bytes: encodeArtifact(artifact), finalLoss };
}

/** The labels that have examples, as positions in `labels`, and the class of each example as a position among those. */
function classesOf(
  labels: readonly string[],
  examples: readonly ReadableExample[],
): { readonly classes: number[]; readonly rowClasses: Int32Array } {
  const positions = new Map(labels.map((label, position) => [label, position]));
  const used = new Set<number>();
  for (const { output } of examples) {
    const position = positions.get(output);
    if (position === undefined) {
      throw new RatchetError(
        'InvalidInput',
        `The dataset has an example with output ${JSON.stringify(output.slice(0, 80))}, which is not a label of the task.`,
      );
    }
    used.add(position);
  }
  const classes = [...used].sort((a, b) => a - b);
  const classOf = new Map(classes.map((position, index) => [labels[position], index]));
  return { classes, rowClasses: Int32Array.from(examples, ({ output }) => classOf.get(output) ?? 0) };
}

/** Sample weights, each times (mean class weight / weight of its class) ** balance. */
function balancedWeights(
  examples: readonly ReadableExample[],
  rowClasses: Int32Array,
  classes: number,
  balance: number,
): Float64Array {
  const totals = new Float64Array(classes);
  examples.forEach(({ weight }, row) => {
    const k = rowClasses[row] ?? 0;
    totals[k] = (totals[k] ?? 0) + weight;
  });
  const mean = totals.reduce((sum, weight) => sum + weight, 0) / classes;
  return Float64Array.from(
    examples,
    ({ weight }, row) => weight * (mean / (totals[rowClasses[row] ?? 0] ?? mean)) ** balance,
  );
}

function scaledRows(embeddings: Float32Array | null, rows: readonly number[]): Float32Array {
  const scaled = new Float32Array(rows.length * embeddingLength);
  rows.forEach((row, to) => {
    for (let index = 0; index < embeddingLength; index++) {
      scaled[to * embeddingLength + index] = embeddingScale * (embeddings?.[row * embeddingLength + index] ?? 0);
    }
  });
  return scaled;
}

/**
 * Positive-congruent training (Yan et al. 2021, arXiv 2011.09161): where the teacher is right, its probabilities are
 * mixed into the target. Classes that the teacher does not know get 0 of its share.
 */
function distilledTargets(
  request: HeadRequest,
  classes: readonly number[],
  rowClasses: Int32Array,
): ReadonlyMap<number, Float32Array> {
  const { labels, examples, configuration, teacher, embeddings } = request;
  const share = configuration.distillation;
  const targets = new Map<number, Float32Array>();
  if (teacher === null || share === 0) {
    return targets;
  }
  const classOf = new Map(classes.map((position, index) => [labels[position], index]));
  const teacherToClass = teacher.header.classes.map(
    (position) => classOf.get(teacher.header.labels[position] ?? '') ?? -1,
  );
  const probabilities = new Float64Array(teacherToClass.length);
  examples.forEach(({ text }, row) => {
    teacher.probabilities(
      text,
      embeddings?.subarray(row * embeddingLength, (row + 1) * embeddingLength) ?? null,
      probabilities,
    );
    const winner = teacherToClass[indexOfHighest(probabilities)];
    if (winner !== rowClasses[row]) {
      return;
    }
    let known = 0;
    teacherToClass.forEach((k, index) => {
      known += k < 0 ? 0 : (probabilities[index] ?? 0);
    });
    const target = new Float32Array(classes.length);
    teacherToClass.forEach((k, index) => {
      if (k >= 0) {
        target[k] = (share * (probabilities[index] ?? 0)) / known;
      }
    });
    const label = rowClasses[row] ?? 0;
    target[label] = (target[label] ?? 0) + (1 - share);
    targets.set(row, target);
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

function heldOutScores(
  regression: SoftmaxRegression,
  plan: readonly Fold[],
  rowClasses: Int32Array,
  weights: Float64Array,
  classes: number,
  fit: (part: Int32Array) => void,
) {
  const rows = plan.reduce((total, { heldOut }) => total + heldOut.length, 0);
  const scores = new Float32Array(rows * classes);
  const labels: number[] = [];
  const rowWeights: number[] = [];
  for (const { training, heldOut } of plan) {
    fit(training);
    for (const row of heldOut) {
      scores.set(regression.scores(row).subarray(0, classes), labels.length * classes);
      labels.push(rowClasses[row] ?? 0);
      rowWeights.push(weights[row] ?? 0);
    }
  }
  return { scores, classes, labels, weights: rowWeights };
}

/**
 * Sparse rows are quantised to 8 bits with a scale of their own; rows without a weight, and their n-grams, are dropped.
 */
function toArtifact(
  regression: SoftmaxRegression,
  source: Pick<HeadArtifact, 'header' | 'low' | 'high' | 'idf'>,
): HeadArtifact {
  const { theta, stride } = regression;
  const classes = source.header.classes.length;
  const features = source.header.sparseFeatures;
  const scales = new Float32Array(features);
  const kept = new Int32Array(features);
  let count = 0;
  for (let row = 0; row < features; row++) {
    let largest = 0;
    for (let k = 0; k < classes; k++) {
      largest = Math.max(largest, Math.abs(theta[row * stride + k] ?? 0));
    }
    if (largest > 0) {
      scales[row] = largest / 127;
      kept[count++] = row;
    }
  }
  const low = new Uint32Array(count);
  const high = new Uint32Array(count);
  const idf = new Float32Array(count);
  const sparseScales = new Float32Array(count);
  const sparseWeights = new Int8Array(count * classes);
  for (let to = 0; to < count; to++) {
    const row = kept[to] ?? 0;
    const scale = scales[row] ?? 1;
    low[to] = source.low[row] ?? 0;
    high[to] = source.high[row] ?? 0;
    idf[to] = source.idf[row] ?? 0;
    sparseScales[to] = scale;
    for (let k = 0; k < classes; k++) {
      sparseWeights[to * classes + k] = Math.round((theta[row * stride + k] ?? 0) / scale);
    }
  }
  const width = source.header.denseWidth + 1;
  const denseWeights = new Float32Array(width * classes);
  for (let row = 0; row < width; row++) {
    const from = (features + row) * stride;
    denseWeights.set(theta.subarray(from, from + classes), row * classes);
  }
  return {
    header: { ...source.header, sparseFeatures: count },
    low,
    high,
    idf,
    sparseScales,
    sparseWeights,
    denseWeights,
  };
}
