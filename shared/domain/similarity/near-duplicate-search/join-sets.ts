import type { Steps } from '../../base/steps.ts';
import { Chains, countSignatures, indexSignatures, longestByPairs, signatures } from './signatures.ts';
import {
  ascending,
  at,
  commonRanks,
  neededOverlap,
  type RankedSets,
  setsInAStep,
  sizesOf,
  smallestPartner,
} from './word-sets.ts';

/** Disjoint sets with path halving. */
export class Components {
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

/**
 * Joins the components of all near sets. Sets look up those before them in order of size. What is already known to be
 * of one component is passed over, and stretches of a chain that are of one component are passed over at once, so that
 * a million fillings of one template cost a million steps and not their square.
 */
export function* joinSets(sets: RankedSets, components: Components): Steps<void> {
  const { starts, ranks } = sets;
  const sizes = sizesOf(sets);
  const overlapOfEquals = (size: number): number => neededOverlap(size, size);
  const chains = new Chains(countSignatures(sets, sizes, overlapOfEquals));
  yield;
  const comparedWith = new Int32Array(sizes.length).fill(-1);
  let done = 0;
  for (const set of ascending(sizes)) {
    done += 1;
    if (done % setsInAStep === 0) yield;
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
