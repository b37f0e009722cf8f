import { FeatureVocabulary } from './feature-vocabulary.ts';
import { NgramReader } from './text-features.ts';

/** Rows of n-gram features, compressed: row i has the entries from `starts[i]` to `starts[i + 1]`. */
export interface SparseRows {
  readonly starts: Int32Array;
  readonly indices: Int32Array;
  readonly values: Float32Array;
}

/** What turns a text into a row: the n-grams known, each with its inverse document frequency. */
export interface TfIdfModel {
  readonly vocabulary: FeatureVocabulary;
  readonly idf: Float32Array;
}

/**
 * TF-IDF as scikit-learn's `TfidfVectorizer(sublinear_tf=True)` computes it: (1 + ln tf) · (ln((1 + n) / (1 + df)) +
 * 1), the block of word n-grams and the block of character n-grams each scaled to unit length. N-grams found in fewer
 * than `minimumTexts` texts are left out; so are the rarest, when there are more than `maximumFeatures`.
 */
export function fitTfIdf(
  texts: readonly string[],
  minimumTexts: number,
  maximumFeatures: number,
): { readonly model: TfIdfModel; readonly rows: SparseRows } {
  const all = new FeatureVocabulary();
  const reader = new NgramReader();
  const counter = new Counter();
  const rows = new RowBuilder(texts.length);
  for (const text of texts) {
    reader.read(text);
    counter.begin();
    for (let at = 0; at < reader.count; at++) {
      counter.add(all.findOrAdd(reader.low[at] ?? 0, reader.high[at] ?? 0));
      if (at === reader.wordNgrams - 1) {
        counter.endBlock();
      }
    }
    rows.push(counter, reader.wordNgrams > 0 ? counter.blockEnd : 0);
  }
  const frequencies = new Int32Array(all.size);
  for (const index of rows.indices.subarray(0, rows.length)) {
    frequencies[index] = (frequencies[index] ?? 0) + 1;
  }
  const { low, high } = all.keys();
  const newIds = new Int32Array(all.size).fill(-1);
  const vocabulary = new FeatureVocabulary(all.size + 1);
  const least = leastFrequency(frequencies, minimumTexts, maximumFeatures);
  const idf = new Float32Array(all.size);
  for (let id = 0; id < all.size; id++) {
    const frequency = frequencies[id] ?? 0;
    if (frequency >= least) {
      const kept = vocabulary.findOrAdd(low[id] ?? 0, high[id] ?? 0);
      newIds[id] = kept;
      idf[kept] = Math.log((1 + texts.length) / (1 + frequency)) + 1;
    }
  }
  const model = { vocabulary, idf: idf.slice(0, vocabulary.size) };
  return { model, rows: rows.finish(newIds, model.idf) };
}

function leastFrequency(frequencies: Int32Array, minimum: number, maximumFeatures: number): number {
  const histogram = new Map<number, number>();
  for (const frequency of frequencies) {
    histogram.set(frequency, (histogram.get(frequency) ?? 0) + 1);
  }
  let least = minimum;
  let kept = frequencies.reduce((total, frequency) => total + (frequency >= least ? 1 : 0), 0);
  while (kept > maximumFeatures) {
    kept -= histogram.get(least) ?? 0;
    least++;
  }
  return least;
}

/** Turns one text at a time into a row of a fitted model. The arrays are used again for the next text. */
export class TfIdfReader {
  readonly #model: TfIdfModel;
  readonly #reader = new NgramReader();
  readonly #counter = new Counter();
  indices: Int32Array = new Int32Array(1 << 10);
  values: Float32Array = new Float32Array(1 << 10);
  count = 0;

  constructor(model: TfIdfModel) {
    this.#model = model;
  }

  read(text: string): void {
    const { vocabulary, idf } = this.#model;
    const reader = this.#reader;
    const counter = this.#counter;
    reader.read(text);
    counter.begin();
    for (let at = 0; at < reader.count; at++) {
      const id = vocabulary.find(reader.low[at] ?? 0, reader.high[at] ?? 0);
      if (id >= 0) {
        counter.add(id);
      }
      if (at === reader.wordNgrams - 1) {
        counter.endBlock();
      }
    }
    if (this.indices.length < counter.length) {
      this.indices = new Int32Array(counter.length * 2);
      this.values = new Float32Array(counter.length * 2);
    }
    this.count = counter.length;
    const split = reader.wordNgrams > 0 ? counter.blockEnd : 0;
    for (let at = 0; at < counter.length; at++) {
      const id = counter.ids[at] ?? 0;
      this.indices[at] = id;
      this.values[at] = weigh(counter.countOf(id), idf[id] ?? 0);
    }
    scaleToUnit(this.values, 0, split);
    scaleToUnit(this.values, split, counter.length);
  }
}

function weigh(termCount: number, idf: number): number {
  return (1 + Math.log(termCount)) * idf;
}

function scaleToUnit(values: Float32Array, from: number, to: number): void {
  let squares = 0;
  for (let at = from; at < to; at++) {
    squares += (values[at] ?? 0) ** 2;
  }
  const factor = squares > 0 ? 1 / Math.sqrt(squares) : 0;
  for (let at = from; at < to; at++) {
    values[at] = (values[at] ?? 0) * factor;
  }
}

/** Counts the features of one text; ids in the order in which they first came. */
class Counter {
  ids: Int32Array = new Int32Array(1 << 10);
  length = 0;
  /** Where the ids of the first block end. */
  blockEnd = 0;
  #counts: Int32Array = new Int32Array(1 << 12);

  begin(): void {
    for (let at = 0; at < this.length; at++) {
      this.#counts[this.ids[at] ?? 0] = 0;
    }
    this.length = 0;
    this.blockEnd = 0;
  }

  endBlock(): void {
    this.blockEnd = this.length;
  }

  countOf(id: number): number {
    return this.#counts[id] ?? 0;
  }

  add(id: number): void {
    if (id >= this.#counts.length) {
      this.#counts = grown(this.#counts, id + 1);
    }
    const count = this.#counts[id] ?? 0;
    if (count === 0) {
      if (this.length === this.ids.length) {
        this.ids = grown(this.ids, this.length + 1);
      }
      this.ids[this.length++] = id;
    }
    this.#counts[id] = count + 1;
  }
}

function grown(array: Int32Array, length: number): Int32Array {
  const larger = new Int32Array(Math.max(length, array.length * 2));
  larger.set(array);
  return larger;
}

/** Gathers rows of counts, then weighs them once the document frequencies are known. */
class RowBuilder {
  indices: Int32Array = new Int32Array(1 << 16);
  length = 0;
  #counts: Int32Array = new Int32Array(1 << 16);
  readonly #starts: Int32Array;
  readonly #splits: Int32Array;
  #rows = 0;

  constructor(rows: number) {
    this.#starts = new Int32Array(rows + 1);
    this.#splits = new Int32Array(rows);
  }

  push(counter: Counter, split: number): void {
    const needed = this.length + counter.length;
    if (needed > this.indices.length) {
      this.indices = grown(this.indices, needed);
      this.#counts = grown(this.#counts, needed);
    }
    this.#splits[this.#rows] = this.length + split;
    for (let at = 0; at < counter.length; at++) {
      const id = counter.ids[at] ?? 0;
      this.indices[this.length] = id;
      this.#counts[this.length] = counter.countOf(id);
      this.length++;
    }
    this.#rows++;
    this.#starts[this.#rows] = this.length;
  }

  finish(newIds: Int32Array, idf: Float32Array): SparseRows {
    const starts = new Int32Array(this.#rows + 1);
    const values = new Float32Array(this.length);
    let to = 0;
    for (let row = 0; row < this.#rows; row++) {
      const begin = to;
      let split = begin;
      for (let at = this.#starts[row] ?? 0; at < (this.#starts[row + 1] ?? 0); at++) {
        const id = newIds[this.indices[at] ?? 0] ?? -1;
        if (id >= 0) {
          this.indices[to] = id;
          values[to] = weigh(this.#counts[at] ?? 0, idf[id] ?? 0);
          to++;
          if (at < (this.#splits[row] ?? 0)) {
            split = to;
          }
        }
      }
      scaleToUnit(values, begin, split);
      scaleToUnit(values, split, to);
      starts[row + 1] = to;
    }
    return { starts, indices: this.indices.slice(0, to), values: values.slice(0, to) };
  }
}
