import { atOnce, type Steps } from '../base/steps.ts';
import { wordKey } from '../base/text.ts';
import { Components, joinSets } from './near-duplicate-search/join-sets.ts';
import { type Match, ReferenceIndex } from './near-duplicate-search/reference-index.ts';
import { at, collapse, rankedSets } from './near-duplicate-search/word-sets.ts';

/**
 * Exact set-similarity join over word sets by prefix and length filtering: AllPairs (Bayardo, Ma and Srikant 2007),
 * PPJoin (Xiao et al. 2008). With words ordered rarest first, two near sets share a word among the first few of each,
 * and two words among the first few and one more (AdaptJoin; Wang, Li and Feng 2012). Sets are looked up by those:
 * short texts by pairs of rare words, which stay rare however many texts share one vocabulary, long ones by single
 * words.
 */

/**
 * Groups near-duplicate texts: the transitive closure of word-set Jaccard ≥ 0.8 (`numerator / denominator`). Texts
 * without words are grouped only when their normalised text is the same.
 * @returns a group number for each text, 0 for the first text's group, then in order of first appearance
 */
export function nearDuplicateGroups(texts: readonly string[]): Int32Array {
  return atOnce(nearDuplicateGroupsInSteps(texts));
}

/** The same in steps of a few milliseconds. */
export function* nearDuplicateGroupsInSteps(texts: readonly string[]): Steps<Int32Array> {
  const { keys, keyOf } = yield* collapse(texts);
  const { sets } = yield* rankedSets(keys);
  const components = new Components(keys.length);
  yield* joinSets(sets, components);
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

export interface NearDuplicate extends Match {
  /** Index of the text. */
  readonly index: number;
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

/** A text that is searched, and what kind it is of. */
export interface Reference<K> {
  readonly text: string;
  readonly kind: K;
}

export interface NearDuplicateOfKind<K> extends NearDuplicate {
  readonly kind: K;
}

/**
 * For each text one near-duplicate, whichever is found first, among the references of each kind; kind by kind. So all
 * kinds near a text are known without the many references that are alike, and the cost does not grow with them.
 * @param wanted whether a kind is searched for a text, by its index; by default each for all
 */
export function nearDuplicatesByKind<K>(
  texts: readonly string[],
  references: readonly Reference<K>[],
  wanted: (text: number, kind: K) => boolean = () => true,
): readonly NearDuplicateOfKind<K>[] {
  const keys = texts.map(wordKey);
  const numbered = references.map(({ text, kind }, reference) => ({ text, kind, reference }));
  const found: NearDuplicateOfKind<K>[] = [];
  for (const [kind, members] of Map.groupBy(numbered, (one) => one.kind)) {
    const index = new ReferenceIndex(members.map(({ text }) => text));
    keys.forEach((key, position) => {
      const near = wanted(position, kind) ? index.find(key, 'any') : null;
      const member = near === null ? undefined : members[near.reference];
      if (near === null || member === undefined) return;
      found.push({ index: position, kind, reference: member.reference, similarity: near.similarity });
    });
  }
  return found;
}
