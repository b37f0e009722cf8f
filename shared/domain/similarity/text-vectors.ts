import { spokenWords } from '../base/text.ts';

/** A sparse vector of L2 norm 1 (or empty): feature ids, ascending, with their weights. */
export interface SparseVector {
  readonly features: Uint32Array;
  readonly weights: Float32Array;
}

/** What is read of one text, in characters. */
const longestText = 20_000;
/** Longer runs without a space are cut into pieces of this many characters. */
const longestWord = 32;
/** A text keeps its strongest features, at most this many. */
export const strongestFeatures = 256;

/** The words and signs of a text, long ones in pieces. */
export function piecesOf(text: string): readonly string[] {
  const found = spokenWords(text.slice(0, longestText), { signs: true });
  if (!found.some((word) => word.length > longestWord)) return found;
  return found.flatMap((word) => {
    const pieces: string[] = [];
    for (let from = 0; from < word.length; from += longestWord) pieces.push(word.slice(from, from + longestWord));
    return pieces;
  });
}

/** No word and no n-gram holds a tab, so that this tells the features of whole words apart. */
export const wordMark = '\t';

/** Feature names of one word: itself first, then its character 3- and 4-grams with the word's edges as blanks. */
export function featuresOf(word: string): string[] {
  const features = [wordMark + word];
  const padded = ` ${word} `;
  for (const size of [3, 4]) {
    for (let from = 0; from + size <= padded.length; from += 1) features.push(padded.slice(from, from + size));
  }
  return features;
}

/** Ids and term frequencies of one text, ids ascending. */
export interface Counts {
  readonly ids: Uint32Array;
  readonly frequencies: ArrayLike<number>;
}

/** Counts ids that may repeat, in any order. */
export function count(ids: number[]): Counts {
  const sorted = Uint32Array.from(ids).sort();
  const unique = new Uint32Array(sorted.length);
  const frequencies = new Float64Array(sorted.length);
  let length = 0;
  for (const id of sorted) {
    if (length === 0 || unique[length - 1] !== id) {
      unique[length] = id;
      length += 1;
    }
    frequencies[length - 1] = (frequencies[length - 1] ?? 0) + 1;
  }
  return { ids: unique.subarray(0, length), frequencies: frequencies.subarray(0, length) };
}

export const emptyVector: SparseVector = { features: new Uint32Array(), weights: new Float32Array() };

/** All features there are, and those of each word that was seen. */
export class Features {
  readonly #ids = new Map<string, number>();
  readonly #ofWords = new Map<string, readonly number[]>();

  get size(): number {
    return this.#ids.size;
  }

  id(name: string): number | undefined {
    return this.#ids.get(name);
  }

  ofWord(word: string): readonly number[] | undefined {
    return this.#ofWords.get(word);
  }

  learn(word: string): readonly number[] {
    const learnt = this.#ofWords.get(word);
    if (learnt !== undefined) return learnt;
    const ids = featuresOf(word).map((name) => {
      const known = this.#ids.get(name);
      if (known !== undefined) return known;
      const id = this.#ids.size;
      this.#ids.set(name, id);
      return id;
    });
    this.#ofWords.set(word, ids);
    return ids;
  }

  /** Marks the features that are whole words. */
  words(): Uint8Array {
    const isWord = new Uint8Array(this.size);
    for (const ids of this.#ofWords.values()) isWord[ids[0] ?? 0] = 1;
    return isWord;
  }
}

/** What features weigh. */
export interface Weighing {
  readonly idf: Float64Array;
  readonly unknownIdf: number;
  readonly isWord: Uint8Array;
}

/** TF-IDF of a text; the last two are what unknown features add to the squared norm of each half. */
export function weigh(
  { ids, frequencies }: Counts,
  { idf, isWord }: Weighing,
  unknownWords: number,
  unknownCharacters: number,
): SparseVector {
  const length = ids.length;
  const raw = new Float64Array(length);
  let words = unknownWords;
  let characters = unknownCharacters;
  for (let at = 0; at < length; at += 1) {
    const id = ids[at] ?? 0;
    const weight = (1 + Math.log(frequencies[at] ?? 1)) * (idf[id] ?? 0);
    raw[at] = weight;
    if (isWord[id] === 1) words += weight ** 2;
    else characters += weight ** 2;
  }
  if (words + characters === 0) return emptyVector;
  const ofWords = Math.sqrt(2 * words);
  const ofCharacters = Math.sqrt(2 * characters);
  for (let at = 0; at < length; at += 1) {
    raw[at] = (raw[at] ?? 0) / (isWord[ids[at] ?? 0] === 1 ? ofWords : ofCharacters);
  }
  return length <= strongestFeatures ? { features: ids, weights: Float32Array.from(raw) } : strongest(ids, raw);
}

/** The strongest weights, scaled to the norm of all. */
function strongest(ids: Uint32Array, scaled: Float64Array): SparseVector {
  const kept = Uint32Array.from(
    Array.from(scaled.keys())
      .sort((a, b) => (scaled[b] ?? 0) - (scaled[a] ?? 0) || a - b)
      .slice(0, strongestFeatures),
  ).sort();
  const whole = scaled.reduce((sum, weight) => sum + weight * weight, 0);
  const part = kept.reduce((sum, at) => sum + (scaled[at] ?? 0) ** 2, 0);
  const rescale = Math.sqrt(whole / part);
  return {
    features: Uint32Array.from(kept, (at) => ids[at] ?? 0),
    weights: Float32Array.from(kept, (at) => (scaled[at] ?? 0) * rescale),
  };
}

/** Cosine of two vectors of one index. */
export function cosine(a: SparseVector, b: SparseVector): number {
  let sum = 0;
  let i = 0;
  let j = 0;
  while (i < a.features.length && j < b.features.length) {
    const left = a.features[i] ?? 0;
    const right = b.features[j] ?? 0;
    if (left === right) sum += (a.weights[i] ?? 0) * (b.weights[j] ?? 0);
    if (left <= right) i += 1;
    if (right <= left) j += 1;
  }
  return Math.min(1, sum);
}

/** The L2-normalised mean of vectors; empty for none. */
export function centroidOf(vectors: Iterable<SparseVector>): SparseVector {
  const sums = new Map<number, number>();
  for (const { features, weights } of vectors) {
    features.forEach((id, at) => {
      sums.set(id, (sums.get(id) ?? 0) + (weights[at] ?? 0));
    });
  }
  const features = Uint32Array.from(sums.keys()).sort();
  const norm = Math.sqrt([...sums.values()].reduce((sum, weight) => sum + weight * weight, 0));
  if (norm === 0) return emptyVector;
  return { features, weights: Float32Array.from(features, (id) => (sums.get(id) ?? 0) / norm) };
}
