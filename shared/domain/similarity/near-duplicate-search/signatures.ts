import { at, type RankedSets, smallestPartner } from './word-sets.ts';

/** Sets up to this size are looked up by pairs of words. */
export const longestByPairs = 24;

/** Sets of at least this size may have a partner that is looked up by single words. */
export const shortestByWords = smallestPartner(longestByPairs + 1);

/**
 * Calls back with a hash of each word and its place, or of each pair of words and −1, that a set of this size may be
 * looked up by.
 * @param overlap the fewest words that it has in common with any partner asked for
 * @param rank rank of the word at a place; a word that nobody else has may be left out by a rank of −1
 */
export function signatures(
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
export function indexSignatures(
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

/**
 * Chains of sets by hash, the last entered first. Different hashes may share a chain: what is found is yet to be
 * compared.
 */
export class Chains {
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

export function countSignatures(sets: RankedSets, sizes: Int32Array, overlap: (size: number) => number): number {
  let count = 0;
  sizes.forEach((size, set) => {
    indexSignatures(sets, set, size, overlap(size), () => {
      count += 1;
    });
  });
  return count;
}
