import type { ArtifactHeader, HeadArtifact } from './artifact.ts';
import { vocabularyOf } from './feature-vocabulary.ts';
import { allocationBytes, columnAlignment, Kernels, roundUp } from './kernels.ts';
import { readableText } from './text-features.ts';
import { TfIdfReader } from './tf-idf.ts';

/** Embeddings have unit length; scaled by this, they carry their measured share beside the two n-gram blocks. */
export const embeddingScale = 2;
/** N-grams of one text that are looked at; no text of the length allowed has more. */
const initialRowLength = 1 << 12;

/** A loaded artifact, ready to answer. */
export class LinearHead {
  readonly header: ArtifactHeader;
  /** Bytes of memory it takes, about. */
  readonly bytes: number;
  readonly #reader: TfIdfReader;
  readonly #kernels: Kernels;
  readonly #stride: number;
  readonly #theta: Float32Array;
  readonly #scores: Float32Array;
  readonly #denseIndices: Int32Array;
  readonly #denseValues: Float32Array;
  #indices: Int32Array;
  #values: Float32Array;

  constructor(artifact: HeadArtifact) {
    const { header, low, high, idf, sparseScales, sparseWeights, denseWeights } = artifact;
    const classes = header.classes.length;
    const width = header.denseWidth + 1;
    const rows = header.sparseFeatures + width;
    this.header = header;
    const vocabulary = vocabularyOf(low, high);
    this.#reader = new TfIdfReader({ vocabulary, idf });
    this.#stride = roundUp(classes, columnAlignment);
    const rowRoom = initialRowLength * 8;
    const room =
      allocationBytes(rows * this.#stride) + 2 * allocationBytes(rowRoom) + 3 * allocationBytes(width + this.#stride);
    // What is read of the artifact stays where it is, and keeps all of it.
    this.bytes = room + vocabulary.bytes + idf.buffer.byteLength;
    this.#kernels = new Kernels(room);
    this.#theta = this.#kernels.floats(rows * this.#stride);
    for (let row = 0; row < header.sparseFeatures; row++) {
      const scale = sparseScales[row] ?? 0;
      for (let column = 0; column < classes; column++) {
        this.#theta[row * this.#stride + column] = scale * (sparseWeights[row * classes + column] ?? 0);
      }
    }
    for (let row = 0; row < width; row++) {
      const target = (header.sparseFeatures + row) * this.#stride;
      this.#theta.set(denseWeights.subarray(row * classes, (row + 1) * classes), target);
    }
    this.#scores = this.#kernels.floats(this.#stride);
    this.#denseIndices = this.#kernels.integers(width);
    for (let index = 0; index < width; index++) {
      this.#denseIndices[index] = header.sparseFeatures + index;
    }
    this.#denseValues = this.#kernels.floats(width);
    this.#denseValues[header.denseWidth] = 1;
    this.#indices = this.#kernels.integers(rowRoom);
    this.#values = this.#kernels.floats(rowRoom);
  }

  /**
   * Calibrated probabilities of one input, by class (see `header.classes`), into `target`.
   * @param embedding the input's unit-length embedding; not looked at when the foundation is `none`
   * @returns false, and nothing written, for an input with no text to go by
   */
  probabilities(input: string, embedding: Float32Array | null, target: Float64Array): boolean {
    const text = readableText(input);
    if (text === '') {
      return false;
    }
    const { classes, temperature } = this.header;
    softmax(this.scores(text, embedding), classes.length, temperature, target);
    return true;
  }

  /** Scores of a readable text by class, not yet over the temperature, in an array that the next call overwrites. */
  scores(text: string, embedding: Float32Array | null): Float32Array {
    const { denseWidth } = this.header;
    const reader = this.#reader;
    reader.read(text);
    this.#indices.set(reader.indices.subarray(0, reader.count));
    this.#values.set(reader.values.subarray(0, reader.count));
    for (let index = 0; index < denseWidth; index++) {
      this.#denseValues[index] = embeddingScale * (embedding?.[index] ?? 0);
    }
    const scores = this.#scores;
    scores.fill(0);
    this.#kernels.addRows(scores, this.#theta, this.#indices, 0, this.#values, 0, reader.count, this.#stride);
    this.#kernels.addRows(
      scores,
      this.#theta,
      this.#denseIndices,
      0,
      this.#denseValues,
      0,
      denseWidth + 1,
      this.#stride,
    );
    return scores;
  }
}

/** softmax(scores / temperature) of the first `length` scores, into `target`. */
export function softmax(scores: Float32Array, length: number, temperature: number, target: Float64Array): void {
  let highest = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < length; k++) {
    const score = scores[k] ?? 0;
    if (score > highest) {
      highest = score;
    }
  }
  let sum = 0;
  for (let k = 0; k < length; k++) {
    const value = Math.exp(((scores[k] ?? 0) - highest) / temperature);
    target[k] = value;
    sum += value;
  }
  for (let k = 0; k < length; k++) {
    target[k] = (target[k] ?? 0) / sum;
  }
}
