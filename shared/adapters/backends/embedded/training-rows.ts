import { RatchetError } from '../../../domain/base/errors.ts';
import { isHeldOut, type Parts } from '../../../domain/evaluation/fold.ts';
import { type SharedTexts, shared, sharedTexts } from './shared-memory.ts';
import { fitTfIdf, type SparseRows } from './tf-idf.ts';
import type { ReadableExample } from './training-set.ts';

/** Floats in the largest array that training may take: 1 GiB. */
export const maximumFloats = 2 ** 28;

/**
 * A dataset as all fits on it read it, in memory that worker threads share. A row is a text; examples of equal texts
 * share one where no fold tells them apart. N-grams and their inverse document frequencies are of all texts, held out
 * or not; no label has any part in them.
 */
export interface TrainingRows {
  /** All labels of the task. */
  readonly labels: readonly string[];
  readonly texts: SharedTexts;
  /** Sets of folds that rows have; see {@link foldSets}. */
  readonly foldSets: readonly (readonly number[])[];
  /** By row, the place of its folds in `foldSets`. */
  readonly rowFolds: Int32Array;
  /** By example, its row. */
  readonly rowOf: Int32Array;
  /** By example, the place of its output in `labels`. */
  readonly outputs: Int32Array;
  /** By example. */
  readonly weights: Float64Array;
  readonly sparse: SparseRows;
  /** Hash halves of the n-grams, by feature. */
  readonly low: Uint32Array;
  readonly high: Uint32Array;
  readonly idf: Float32Array;
}

/**
 * @param byFolds whether texts with other folds are other rows; no fold counts otherwise
 * @throws RatchetError InvalidInput for an output that is not a label of the task
 */
export function trainingRows(
  examples: readonly ReadableExample[],
  labels: readonly string[],
  byFolds: boolean,
): TrainingRows {
  const outputs = outputsOf(examples, labels);
  const foldKeys = examples.map(({ folds }) => (byFolds ? folds.join(' ') : ''));
  const rows = [
    ...Map.groupBy(examples.keys(), (example) => `${foldKeys[example]}\n${examples[example]?.text}`).values(),
  ];
  const representatives = rows.map(([first = 0]) => first);
  const texts = representatives.map((example) => examples[example]?.text ?? '');
  const foldSets = new Map<string, readonly number[]>();
  for (const example of representatives) {
    foldSets.set(foldKeys[example] ?? '', byFolds ? (examples[example]?.folds ?? []) : []);
  }
  const placeOf = new Map([...foldSets.keys()].map((key, place) => [key, place]));
  const rowOf = new Int32Array(examples.length);
  rows.forEach((members, row) => {
    for (const example of members) {
      rowOf[example] = row;
    }
  });
  const classes = new Set(outputs).size;
  const { model, rows: sparse } = fitTfIdf(texts, 1, Math.floor(maximumFloats / (classes + 8)));
  const { low, high } = model.vocabulary.keys();
  return {
    labels,
    texts: sharedTexts(texts),
    foldSets: [...foldSets.values()],
    rowFolds: shared(Int32Array.from(representatives, (example) => placeOf.get(foldKeys[example] ?? '') ?? 0)),
    rowOf: shared(rowOf),
    outputs: shared(Int32Array.from(outputs)),
    weights: shared(Float64Array.from(examples, ({ weight }) => weight)),
    sparse: { starts: shared(sparse.starts), indices: shared(sparse.indices), values: shared(sparse.values) },
    low: shared(low),
    high: shared(high),
    idf: shared(model.idf),
  };
}

/** Bytes of memory it takes, about. */
export function rowsBytes({ texts, rowFolds, rowOf, outputs, weights, sparse, low, high, idf }: TrainingRows): number {
  const arrays = [texts.bytes, texts.starts, rowFolds, rowOf, outputs, weights, low, high, idf];
  return [...arrays, ...Object.values(sparse)].reduce((total, { byteLength }) => total + byteLength, 0);
}

/** A part of the traffic that a fold model does not train. */
export interface HeldOutPart {
  readonly part: number;
  readonly parts: Parts;
}

/** The rows that a fold model trains; all of them where no part is held out. */
export function trainedRows({ rowFolds, foldSets }: TrainingRows, heldOut: HeldOutPart | null): Int32Array {
  const trained = foldSets.map((folds) => heldOut === null || !isHeldOut(folds, heldOut.part, heldOut.parts));
  return rowFolds.map((_, row) => row).filter((row) => trained[rowFolds[row] ?? 0] ?? false);
}

/** The rows that the model of a part alone does not train, and so can be judged by. */
export function judgedRows({ rowFolds, foldSets }: TrainingRows, { part, parts }: HeldOutPart): Int32Array {
  const judged = foldSets.map((folds) => {
    const held = Array.from({ length: parts }, (_, one) => one).filter((one) => isHeldOut(folds, one, parts));
    return held.length === 1 && held[0] === part;
  });
  return rowFolds.map((_, row) => row).filter((row) => judged[rowFolds[row] ?? 0] ?? false);
}

/** The examples of each of some rows, in their order; none for the other rows. */
export function examplesByRow({ rowOf, rowFolds }: TrainingRows, rows: Int32Array): readonly (readonly number[])[] {
  const wanted = new Uint8Array(rowFolds.length);
  for (const row of rows) {
    wanted[row] = 1;
  }
  const examples: number[][] = Array.from({ length: rowFolds.length }, () => []);
  rowOf.forEach((row, example) => {
    if (wanted[row] === 1) {
      examples[row]?.push(example);
    }
  });
  return examples;
}

function outputsOf(examples: readonly ReadableExample[], labels: readonly string[]): readonly number[] {
  const positions = new Map(labels.map((label, position) => [label, position]));
  return examples.map(({ output }) => {
    const position = positions.get(output);
    if (position === undefined) {
      throw new RatchetError(
        'InvalidInput',
        `The dataset has an example with output ${JSON.stringify(output.slice(0, 80))}, which is not a label of the task.`,
      );
    }
    return position;
  });
}
