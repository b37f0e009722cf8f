import { atOnce } from '../../base/steps.ts';
import { wordsOfKey } from '../../base/text.ts';
import { Chains, countSignatures, indexSignatures, longestByPairs, shortestByWords, signatures } from './signatures.ts';
import {
  ascending,
  at,
  collapse,
  commonRanks,
  largestPartner,
  neededOverlap,
  type RankedSets,
  rankedSets,
  sizesOf,
  smallestPartner,
} from './word-sets.ts';

/** What is found of a text. */
export interface Match {
  /** Index of the reference. */
  readonly reference: number;
  /** Jaccard similarity of the word sets; 1 for equal texts without words. */
  readonly similarity: number;
}

/** Finds near-duplicates of one key at a time among fixed references. */
export class ReferenceIndex {
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
    const { keys, keyOf } = atOnce(collapse(references));
    this.#referenceOf = new Int32Array(keys.length).fill(-1);
    keyOf.forEach((key, reference) => {
      if (at(this.#referenceOf, key) === -1) this.#referenceOf[key] = reference;
    });
    this.#keys = new Map(keys.map((key, index) => [key, index]));
    const { sets, rankOf } = atOnce(rankedSets(keys));
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

function closer(a: Match, b: Match): boolean {
  return a.similarity === b.similarity ? a.reference < b.reference : a.similarity > b.similarity;
}
