import { wordKey, wordsOfKey } from './text.ts';

/**
 * Exact set-similarity join over word sets, by prefix, length and position filtering: AllPairs (Bayardo, Ma and
 * Srikant 2007) and PPJoin (Xiao et al. 2008). With words ordered rarest first, two sets that are near share a word
 * among the first few of each, so that only the short lists of rare words are walked.
 */

const numerator = 4;
const denominator = 5;
/** Word-set Jaccard similarity from which two inputs are near-duplicates. */
export const nearDuplicateThreshold = numerator / denominator;

/** Bounds below follow from J ≥ n/d in whole numbers: d·common ≥ n·(a + b − common). */
const smallestPartner = (size: number): number => Math.ceil((numerator * size) / denominator);
const largestPartner = (size: number): number => Math.floor((denominator * size) / numerator);
const neededOverlap = (a: number, b: number): number => Math.ceil((numerator * (a + b)) / (numerator + denominator));
/** How many of its rarest words a set must be looked up by. */
const probePrefix = (size: number): number => size - smallestPartner(size) + 1;
/** How many of its rarest words a set must be found by, when all that look it up are at least as large. */
const indexPrefix = (size: number): number => size - neededOverlap(size, size) + 1;

/** Sets as ascending word ranks, one after the other: set i is ranks[starts[i]] … ranks[starts[i + 1] − 1]. */
interface RankedSets {
  readonly starts: Int32Array;
  readonly ranks: Int32Array;
}

const at = (array: Int32Array, index: number): number => array[index] as number;

/**
 * Groups near-duplicate texts: the transitive closure of word-set Jaccard ≥ {@link nearDuplicateThreshold}. Texts without
 * words are grouped only when their normalised text is the same.
 * @returns a group number for each text, 0 for the first text's group, then in order of first appearance
 */
export function nearDuplicateGroups(texts: readonly string[]): Int32Array {
  const { keys, keyOf } = collapse(texts);
  const sets = rankedSets(keys).sets;
  const components = new Components(keys.length);
  joinSets(sets, components);
  const numbers = new Int32Array(keys.length).fill(-1);
  let next = 0;
  return keyOf.map((key) => {
    const root = components.find(key);
    if (at(numbers, root) === -1) {
      numbers[root] = next;
      next += 1;
    }
    return at(numbers, root);
  });
}

export interface NearDuplicate {
  /** Index of the text. */
  readonly index: number;
  /** Index of the reference. */
  readonly reference: number;
  /** Jaccard similarity of the word sets; 1 for equal texts without words. */
  readonly similarity: number;
}

/**
 * The texts that have a near-duplicate among the references, one match each, in the order of the texts.
 * @param match `best`: the most similar reference, among equals the first. `any`: whichever is found first, which
 * is the same for the same references in the same order; far cheaper where whole references are alike.
 */
export function nearDuplicatesOf(
  texts: readonly string[],
  references: readonly string[],
  match: 'best' | 'any' = 'best',
): readonly NearDuplicate[] {
  if (texts.length === 0 || references.length === 0) return [];
  const index = new ReferenceIndex(references);
  const found: NearDuplicate[] = [];
  texts.forEach((text, position) => {
    const near = index.find(wordKey(text), match);
    if (near !== null) found.push({ index: position, ...near });
  });
  return found;
}

/** Disjoint sets with path halving. */
class Components {
  readonly #parents: Int32Array;

  constructor(size: number) {
    this.#parents = Int32Array.from({ length: size }, (_, index) => index);
  }

  find(member: number): number {
    const parents = this.#parents;
    let current = member;
    let parent = at(parents, current);
    while (parent !== current) {
      const grandparent = at(parents, parent);
      parents[current] = grandparent;
      current = grandparent;
      parent = at(parents, current);
    }
    return current;
  }

  /** Joins two roots and gives the common one: the lower. */
  join(a: number, b: number): number {
    const [low, high] = a < b ? [a, b] : [b, a];
    this.#parents[high] = low;
    return low;
  }
}

/** The distinct keys of the texts, in order of first appearance, and for each text the index of its key. */
function collapse(texts: readonly string[]): { keys: readonly string[]; keyOf: Int32Array } {
  const indices = new Map<string, number>();
  const keyOf = new Int32Array(texts.length);
  texts.forEach((text, position) => {
    const key = wordKey(text);
    let index = indices.get(key);
    if (index === undefined) {
      index = indices.size;
      indices.set(key, index);
    }
    keyOf[position] = index;
  });
  return { keys: [...indices.keys()], keyOf };
}

/** Turns keys into sets of word ranks, rarest word first, words of one frequency in order of first appearance. */
function rankedSets(keys: readonly string[]): { sets: RankedSets; rankOf: (word: string) => number | undefined } {
  const ids = new Map<string, number>();
  const starts = new Int32Array(keys.length + 1);
  let tokens = new Int32Array(Math.max(16, keys.length * 8));
  let length = 0;
  keys.forEach((key, position) => {
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
  });
  const frequencies = new Int32Array(ids.size);
  for (let position = 0; position < length; position += 1) {
    const id = at(tokens, position);
    frequencies[id] = at(frequencies, id) + 1;
  }
  const ranks = new Int32Array(ids.size);
  ascending(frequencies).forEach((id, rank) => {
    ranks[id] = rank;
  });
  const ranked = tokens.subarray(0, length).map((id) => at(ranks, id));
  for (let set = 0; set < keys.length; set += 1) ranked.subarray(at(starts, set), at(starts, set + 1)).sort();
  return {
    sets: { starts, ranks: ranked },
    rankOf: (word) => {
      const id = ids.get(word);
      return id === undefined ? undefined : at(ranks, id);
    },
  };
}

/** The indices of the values in ascending order of value, equal ones by index (a counting sort). */
function ascending(values: Int32Array): Int32Array {
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

function sizesOf(sets: RankedSets): Int32Array {
  return Int32Array.from(
    { length: sets.starts.length - 1 },
    (_, set) => at(sets.starts, set + 1) - at(sets.starts, set),
  );
}

/** Lists of sets by word: the list of word w is entries firsts[w] … ends[w] − 1, the smallest sets first. */
interface Postings {
  readonly firsts: Int32Array;
  readonly ends: Int32Array;
  readonly sets: Int32Array;
  /** Where in its set the word stands. */
  readonly places: Int32Array;
}

/** Room for the first `prefix(size)` words of every set, with nothing entered yet. */
function emptyPostings(sets: RankedSets, sizes: Int32Array, prefix: (size: number) => number): Postings {
  let words = 0;
  for (const rank of sets.ranks) if (rank >= words) words = rank + 1;
  const firsts = new Int32Array(words + 1);
  sizes.forEach((size, set) => {
    if (size === 0) return;
    const start = at(sets.starts, set);
    for (let place = 0; place < prefix(size); place += 1) {
      const word = at(sets.ranks, start + place);
      firsts[word + 1] = at(firsts, word + 1) + 1;
    }
  });
  for (let word = 1; word <= words; word += 1) firsts[word] = at(firsts, word) + at(firsts, word - 1);
  const total = at(firsts, words);
  return { firsts, ends: firsts.slice(), sets: new Int32Array(total), places: new Int32Array(total) };
}

function enter(postings: Postings, sets: RankedSets, set: number, prefix: number): void {
  const start = at(sets.starts, set);
  for (let place = 0; place < prefix; place += 1) {
    const word = at(sets.ranks, start + place);
    const entry = at(postings.ends, word);
    postings.sets[entry] = set;
    postings.places[entry] = place;
    postings.ends[word] = entry + 1;
  }
}

/**
 * Common ranks of two ascending runs, given up as −1 as soon as `needed` is out of reach.
 * @param common how many are known to be common before the runs begin
 */
function overlap(
  a: Int32Array,
  aFrom: number,
  aTo: number,
  b: Int32Array,
  bFrom: number,
  bTo: number,
  common: number,
  needed: number,
): number {
  let i = aFrom;
  let j = bFrom;
  let found = common;
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

/**
 * Joins the components of all near sets. Sets look each other up in order of size. What is already known to be of one
 * component is passed over, and stretches of a list that are of one component are passed over at once, so that a
 * million fillings of one template cost a million steps and not their square.
 */
function joinSets(sets: RankedSets, components: Components): void {
  const { starts, ranks } = sets;
  const sizes = sizesOf(sets);
  const postings = emptyPostings(sets, sizes, indexPrefix);
  const firsts = postings.firsts.slice();
  const jumps = Int32Array.from({ length: postings.sets.length }, (_, entry) => entry + 1);
  const comparedWith = new Int32Array(sizes.length).fill(-1);
  for (const set of ascending(sizes)) {
    const size = at(sizes, set);
    if (size === 0) continue;
    const start = at(starts, set);
    const end = start + size;
    const smallest = smallestPartner(size);
    let component = components.find(set);
    for (let place = 0; place < probePrefix(size); place += 1) {
      const word = at(ranks, start + place);
      const last = at(postings.ends, word);
      let entry = at(firsts, word);
      while (entry < last && at(sizes, at(postings.sets, entry)) < smallest) entry += 1;
      firsts[word] = entry;
      while (entry < last) {
        const other = at(postings.sets, entry);
        const otherComponent = components.find(other);
        if (otherComponent === component) {
          let next = at(jumps, entry);
          while (next < last && components.find(at(postings.sets, next)) === component) next = at(jumps, next);
          jumps[entry] = next;
          entry = next;
          continue;
        }
        if (at(comparedWith, other) !== set) {
          comparedWith[other] = set;
          const otherPlace = at(postings.places, entry);
          const otherStart = at(starts, other);
          const otherSize = at(sizes, other);
          const needed = neededOverlap(size, otherSize);
          const from = start + place + 1;
          const otherFrom = otherStart + otherPlace + 1;
          if (overlap(ranks, from, end, ranks, otherFrom, otherStart + otherSize, 1, needed) !== -1) {
            component = components.join(component, otherComponent);
          }
        }
        entry += 1;
      }
    }
    enter(postings, sets, set, indexPrefix(size));
  }
}

/** Finds near-duplicates of one key at a time among fixed references. */
class ReferenceIndex {
  /** The first reference of each distinct key. */
  readonly #referenceOf: Int32Array;
  readonly #keys: ReadonlyMap<string, number>;
  readonly #sets: RankedSets;
  readonly #sizes: Int32Array;
  readonly #postings: Postings;
  readonly #rankOf: (word: string) => number | undefined;
  readonly #comparedWith: Int32Array;
  #lookups = 0;

  constructor(references: readonly string[]) {
    const { keys, keyOf } = collapse(references);
    this.#referenceOf = new Int32Array(keys.length).fill(-1);
    keyOf.forEach((key, reference) => {
      if (at(this.#referenceOf, key) === -1) this.#referenceOf[key] = reference;
    });
    this.#keys = new Map(keys.map((key, index) => [key, index]));
    const { sets, rankOf } = rankedSets(keys);
    this.#sets = sets;
    this.#rankOf = rankOf;
    this.#sizes = sizesOf(sets);
    this.#postings = emptyPostings(sets, this.#sizes, probePrefix);
    for (const set of ascending(this.#sizes)) {
      const size = at(this.#sizes, set);
      if (size > 0) enter(this.#postings, sets, set, probePrefix(size));
    }
    this.#comparedWith = new Int32Array(keys.length);
  }

  find(key: string, match: 'best' | 'any'): { reference: number; similarity: number } | null {
    const same = this.#keys.get(key);
    if (same !== undefined) return { reference: at(this.#referenceOf, same), similarity: 1 };
    this.#lookups += 1;
    const text = wordsOfKey(key);
    const size = text.length;
    if (size === 0) return null;
    const known = Int32Array.from(text.flatMap((word) => this.#rankOf(word) ?? [])).sort();
    const { starts, ranks } = this.#sets;
    const smallest = smallestPartner(size);
    const largest = largestPartner(size);
    let best: { reference: number; similarity: number } | null = null;
    const prefix = probePrefix(size) - (size - known.length);
    for (let place = 0; place < prefix; place += 1) {
      const word = at(known, place);
      const last = at(this.#postings.ends, word);
      for (let entry = this.#firstOfSize(word, smallest); entry < last; entry += 1) {
        const other = at(this.#postings.sets, entry);
        const otherSize = at(this.#sizes, other);
        if (otherSize > largest) break;
        if (at(this.#comparedWith, other) === this.#lookups) continue;
        this.#comparedWith[other] = this.#lookups;
        const otherStart = at(starts, other);
        const otherFrom = otherStart + at(this.#postings.places, entry) + 1;
        const needed = neededOverlap(size, otherSize);
        const common = overlap(known, place + 1, known.length, ranks, otherFrom, otherStart + otherSize, 1, needed);
        if (common === -1) continue;
        const near = { reference: at(this.#referenceOf, other), similarity: common / (size + otherSize - common) };
        if (match === 'any') return near;
        if (best === null || closer(near, best)) best = near;
      }
    }
    return best;
  }

  /** The first entry of a word's list whose set has at least this size. */
  #firstOfSize(word: number, size: number): number {
    let low = at(this.#postings.firsts, word);
    let high = at(this.#postings.ends, word);
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (at(this.#sizes, at(this.#postings.sets, middle)) < size) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function closer(a: { reference: number; similarity: number }, b: { reference: number; similarity: number }): boolean {
  return a.similarity === b.similarity ? a.reference < b.reference : a.similarity > b.similarity;
}
