import { wordKey, wordsOfKey } from './text.ts';

/**
 * Exact set-similarity join over word sets by prefix and length filtering: AllPairs (Bayardo, Ma and Srikant 2007),
 * PPJoin (Xiao et al. 2008). With words ordered rarest first, two near sets share a word among the first few of each, and
 * two words among the first few and one more (AdaptJoin; Wang, Li and Feng 2012). Sets are looked up by those: short
 * texts by pairs of rare words, which stay rare however many texts share one vocabulary, long ones by single words.
 */

const numerator = 4;
const denominator = 5;
/** Word-set Jaccard similarity from which two inputs are near-duplicates. */
export const nearDuplicateThreshold = numerator / denominator;

/** Sets up to this size are looked up by pairs of words. */
const longestByPairs = 24;

/** Bounds below follow from J ≥ n/d in whole numbers: d·common ≥ n·(a + b − common). */
const smallestPartner = (size: number): number => Math.ceil((numerator * size) / denominator);
const largestPartner = (size: number): number => Math.floor((denominator * size) / numerator);
const neededOverlap = (a: number, b: number): number => Math.ceil((numerator * (a + b)) / (numerator + denominator));
/** Sets of at least this size may have a partner that is looked up by single words. */
const shortestByWords = smallestPartner(longestByPairs + 1);

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

/**
 * Calls back with a hash of each word and its place, or of each pair of words and −1, that a set of this size may be
 * looked up by.
 * @param overlap the fewest words that it has in common with any partner asked for
 * @param rank rank of the word at a place; a word that nobody else has may be left out by a rank of −1
 */
function signatures(
  size: number,
  overlap: number,
  by: 'words' | 'pairs',
  rank: (place: number) => number,
  visit: (hash: number, place: number) => void,
): void {
  const prefix = size - overlap + (by === 'words' ? 1 : 2);
  for (let second = 0; second < prefix; second += 1) {
    const rankOfSecond = rank(second);
    if (rankOfSecond === -1) continue;
    if (by === 'words') visit(mixed(rankOfSecond, -1), second);
    else {
      for (let first = 0; first < second; first += 1) {
        const rankOfFirst = rank(first);
        if (rankOfFirst !== -1) visit(mixed(rankOfFirst, rankOfSecond), -1);
      }
    }
  }
}

/** Mixes two ranks into 32 bits (the finaliser of MurmurHash3 over a linear combination). */
function mixed(a: number, b: number): number {
  let hash = Math.imul(a, 0x9e3779b1) + Math.imul(b, 0x85ebca77);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** Calls back with all hashes under which a set must be found, see {@link signatures}. */
function indexSignatures(
  sets: RankedSets,
  set: number,
  size: number,
  overlap: number,
  visit: (hash: number, place: number) => void,
): void {
  const start = at(sets.starts, set);
  const rank = (place: number): number => at(sets.ranks, start + place);
  if (size <= longestByPairs && overlap >= 2) signatures(size, overlap, 'pairs', rank, visit);
  if (size >= shortestByWords) signatures(size, overlap, 'words', rank, visit);
}

/** Chains of sets by hash, the last entered first. Different hashes may share a chain: what is found is yet to be compared. */
class Chains {
  readonly #mask: number;
  readonly #heads: Int32Array;
  readonly #next: Int32Array;
  /** The next entry of another component than the entry's own, as far as known. */
  readonly jumps: Int32Array;
  readonly sets: Int32Array;
  /** Where in its set the word stands; −1 for a pair. */
  readonly places: Int32Array;
  #length = 0;

  constructor(entries: number) {
    const slots = 2 ** Math.ceil(Math.log2(entries + 1));
    this.#mask = slots - 1;
    this.#heads = new Int32Array(slots).fill(-1);
    this.#next = new Int32Array(entries);
    this.jumps = new Int32Array(entries);
    this.sets = new Int32Array(entries);
    this.places = new Int32Array(entries);
  }

  enter(hash: number, set: number, place: number): void {
    const slot = hash & this.#mask;
    const head = at(this.#heads, slot);
    this.sets[this.#length] = set;
    this.places[this.#length] = place;
    this.#next[this.#length] = head;
    this.jumps[this.#length] = head;
    this.#heads[slot] = this.#length;
    this.#length += 1;
  }

  /** First entry of the chain; −1 when it is empty. */
  head(hash: number): number {
    return at(this.#heads, hash & this.#mask);
  }

  /** The entry after this one; −1 at the end. */
  next(entry: number): number {
    return at(this.#next, entry);
  }
}

function countSignatures(sets: RankedSets, sizes: Int32Array, overlap: (size: number) => number): number {
  let count = 0;
  sizes.forEach((size, set) => {
    indexSignatures(sets, set, size, overlap(size), () => {
      count += 1;
    });
  });
  return count;
}

/** Common ranks of two ascending runs, given up as −1 as soon as `needed` is out of reach. */
function commonRanks(
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

/**
 * Joins the components of all near sets. Sets look up those before them in order of size. What is already known to be of
 * one component is passed over, and stretches of a chain that are of one component are passed over at once, so that a
 * million fillings of one template cost a million steps and not their square.
 */
function joinSets(sets: RankedSets, components: Components): void {
  const { starts, ranks } = sets;
  const sizes = sizesOf(sets);
  const overlapOfEquals = (size: number): number => neededOverlap(size, size);
  const chains = new Chains(countSignatures(sets, sizes, overlapOfEquals));
  const comparedWith = new Int32Array(sizes.length).fill(-1);
  for (const set of ascending(sizes)) {
    const size = at(sizes, set);
    const start = at(starts, set);
    const smallest = smallestPartner(size);
    let component = components.find(set);
    const lookUp = (hash: number, place: number): void => {
      let entry = chains.head(hash);
      while (entry !== -1) {
        const other = at(chains.sets, entry);
        const otherSize = at(sizes, other);
        if (otherSize < smallest) return;
        const otherComponent = components.find(other);
        if (otherComponent === component) {
          let next = at(chains.jumps, entry);
          while (next !== -1 && components.find(at(chains.sets, next)) === component) next = at(chains.jumps, next);
          chains.jumps[entry] = next;
          entry = next;
          continue;
        }
        const otherStart = at(starts, other);
        const otherPlace = at(chains.places, entry);
        // Nothing before the first word found in common is in common, so the comparison begins there.
        const byWord = place !== -1 && otherPlace !== -1;
        const falseHit = byWord && at(ranks, start + place) !== at(ranks, otherStart + otherPlace);
        if (!falseHit && at(comparedWith, other) !== set) {
          comparedWith[other] = set;
          const needed = neededOverlap(size, otherSize);
          const from = byWord ? start + place : start;
          const otherFrom = byWord ? otherStart + otherPlace : otherStart;
          if (commonRanks(ranks, from, start + size, ranks, otherFrom, otherStart + otherSize, needed) !== -1) {
            component = components.join(component, otherComponent);
          }
        }
        entry = chains.next(entry);
      }
    };
    // Below 5 words no smaller set is near.
    if (smallest < size) {
      signatures(
        size,
        smallest,
        size <= longestByPairs ? 'pairs' : 'words',
        (place) => at(ranks, start + place),
        lookUp,
      );
    }
    indexSignatures(sets, set, size, overlapOfEquals(size), (hash, place) => chains.enter(hash, set, place));
  }
}

/** Finds near-duplicates of one key at a time among fixed references. */
class ReferenceIndex {
  /** The first reference of each distinct key. */
  readonly #referenceOf: Int32Array;
  readonly #keys: ReadonlyMap<string, number>;
  readonly #sets: RankedSets;
  readonly #sizes: Int32Array;
  readonly #chains: Chains;
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
    const sizes = sizesOf(sets);
    this.#sizes = sizes;
    this.#chains = new Chains(countSignatures(sets, sizes, smallestPartner));
    for (const set of ascending(sizes)) {
      const size = at(sizes, set);
      indexSignatures(sets, set, size, smallestPartner(size), (hash, place) => this.#chains.enter(hash, set, place));
    }
    this.#comparedWith = new Int32Array(keys.length);
  }

  find(key: string, match: 'best' | 'any'): Match | null {
    const same = this.#keys.get(key);
    if (same !== undefined) return { reference: at(this.#referenceOf, same), similarity: 1 };
    const words = wordsOfKey(key);
    const size = words.length;
    const smallest = smallestPartner(size);
    if (smallest < 2) return null;
    this.#lookups += 1;
    const known = Int32Array.from(words.flatMap((word) => this.#rankOf(word) ?? [])).sort();
    const unknown = size - known.length;
    const rank = (place: number): number => (place < unknown ? -1 : at(known, place - unknown));
    let best: Match | null = null;
    const lookUp = (hash: number): void => {
      if (best !== null && match === 'any') return;
      const near = this.#nearest(hash, known, size, match);
      if (near !== null && (best === null || closer(near, best))) best = near;
    };
    if (size <= longestByPairs) signatures(size, smallest, 'pairs', rank, lookUp);
    if (size >= shortestByWords) signatures(size, smallest, 'words', rank, lookUp);
    return best;
  }

  /** The nearest reference of one chain that was not compared with yet. */
  #nearest(hash: number, known: Int32Array, size: number, match: 'best' | 'any'): Match | null {
    const chains = this.#chains;
    const { starts, ranks } = this.#sets;
    const smallest = smallestPartner(size);
    const largest = largestPartner(size);
    let best: Match | null = null;
    for (let entry = chains.head(hash); entry !== -1; entry = chains.next(entry)) {
      const other = at(chains.sets, entry);
      const otherSize = at(this.#sizes, other);
      if (otherSize < smallest) break;
      if (otherSize > largest || at(this.#comparedWith, other) === this.#lookups) continue;
      this.#comparedWith[other] = this.#lookups;
      const otherStart = at(starts, other);
      const needed = neededOverlap(size, otherSize);
      const common = commonRanks(known, 0, known.length, ranks, otherStart, otherStart + otherSize, needed);
      if (common === -1) continue;
      const near = { reference: at(this.#referenceOf, other), similarity: common / (size + otherSize - common) };
      if (match === 'any') return near;
      if (best === null || closer(near, best)) best = near;
    }
    return best;
  }
}

type Match = Omit<NearDuplicate, 'index'>;

function closer(a: Match, b: Match): boolean {
  return a.similarity === b.similarity ? a.reference < b.reference : a.similarity > b.similarity;
}
