import type { Steps } from '../../base/steps.ts';
import { wordKey, wordsOfKey } from '../../base/text.ts';

/** Word-set Jaccard similarity from which two texts are near-duplicates, as a fraction of whole numbers. */
export const numerator = 4;
export const denominator = 5;

/** Bounds below follow from J ≥ n/d in whole numbers: d·common ≥ n·(a + b − common). */
export const smallestPartner = (size: number): number => Math.ceil((numerator * size) / denominator);
export const largestPartner = (size: number): number => Math.floor((denominator * size) / numerator);
export const neededOverlap = (a: number, b: number): number =>
  Math.ceil((numerator * (a + b)) / (numerator + denominator));

/** Sets as ascending word ranks, one after the other: set i is ranks[starts[i]] … ranks[starts[i + 1] − 1]. */
export interface RankedSets {
  readonly starts: Int32Array;
  readonly ranks: Int32Array;
}

/** Sets that are looked at in one step, a few milliseconds. */
export const setsInAStep = 1_000;

export const at = (array: Int32Array, index: number): number => array[index] as number;

/** The distinct keys of the texts, in order of first appearance, and for each text the index of its key. */
export function* collapse(texts: readonly string[]): Steps<{ keys: readonly string[]; keyOf: Int32Array }> {
  const indices = new Map<string, number>();
  const keyOf = new Int32Array(texts.length);
  for (const [position, text] of texts.entries()) {
    if (position % setsInAStep === 0) yield;
    const key = wordKey(text);
    let index = indices.get(key);
    if (index === undefined) {
      index = indices.size;
      indices.set(key, index);
    }
    keyOf[position] = index;
  }
  return { keys: [...indices.keys()], keyOf };
}

/** Turns keys into sets of word ranks, rarest word first, words of one frequency in order of first appearance. */
export function* rankedSets(keys: readonly string[]): Steps<{
  sets: RankedSets;
  rankOf: (word: string) => number | undefined;
}> {
  const ids = new Map<string, number>();
  const starts = new Int32Array(keys.length + 1);
  let tokens = new Int32Array(Math.max(16, keys.length * 8));
  let length = 0;
  for (const [position, key] of keys.entries()) {
    if (position % setsInAStep === 0) yield;
    for (const word of wordsOfKey(key)) {
      let id = ids.get(word);
      if (id === undefined) {
        id = ids.size;
        ids.set(word, id);
      }
      if (length === tokens.length) {
        const larger = new Int32Array(tokens.length * 2);
        larger.set(tokens);
        tokens = larger;
      }
      tokens[length] = id;
      length += 1;
    }
    starts[position + 1] = length;
  }
  yield;
  const frequencies = new Int32Array(ids.size);
  for (let position = 0; position < length; position += 1) {
    const id = at(tokens, position);
    frequencies[id] = at(frequencies, id) + 1;
  }
  const ranks = new Int32Array(ids.size);
  ascending(frequencies).forEach((id, rank) => {
    ranks[id] = rank;
  });
  yield;
  const ranked = tokens.subarray(0, length).map((id) => at(ranks, id));
  for (let set = 0; set < keys.length; set += 1) {
    if (set % setsInAStep === 0) yield;
    ranked.subarray(at(starts, set), at(starts, set + 1)).sort();
  }
  return {
    sets: { starts, ranks: ranked },
    rankOf: (word) => {
      const id = ids.get(word);
      return id === undefined ? undefined : at(ranks, id);
    },
  };
}

/** The indices of the values in ascending order of value, equal ones by index (a counting sort). */
export function ascending(values: Int32Array): Int32Array {
  let largest = 0;
  for (const value of values) if (value > largest) largest = value;
  const next = new Int32Array(largest + 2);
  for (const value of values) next[value + 1] = at(next, value + 1) + 1;
  for (let value = 1; value < next.length; value += 1) next[value] = at(next, value) + at(next, value - 1);
  const order = new Int32Array(values.length);
  values.forEach((value, index) => {
    const place = at(next, value);
    order[place] = index;
    next[value] = place + 1;
  });
  return order;
}

export function sizesOf(sets: RankedSets): Int32Array {
  return Int32Array.from(
    { length: sets.starts.length - 1 },
    (_, set) => at(sets.starts, set + 1) - at(sets.starts, set),
  );
}

/** Common ranks of two ascending runs, given up as −1 as soon as `needed` is out of reach. */
export function commonRanks(
  a: Int32Array,
  aFrom: number,
  aTo: number,
  b: Int32Array,
  bFrom: number,
  bTo: number,
  needed: number,
): number {
  let i = aFrom;
  let j = bFrom;
  let found = 0;
  while (i < aTo && j < bTo) {
    if (found + Math.min(aTo - i, bTo - j) < needed) return -1;
    const left = at(a, i);
    const right = at(b, j);
    if (left === right) found += 1;
    if (left <= right) i += 1;
    if (right <= left) j += 1;
  }
  return found >= needed ? found : -1;
}
