import { isFunctionWord } from '../../../domain/similarity/function-words.ts';
import { documentFrequencies, type Keyword, telling } from '../../../domain/similarity/keywords.ts';
import type { Group } from './group.ts';
import type { Evidence } from './merge-analyses.ts';

const limit = 10;
const considered = 40;

/**
 * Words that set a group's inputs apart from passing ones, most telling first: told from all passing inputs and, where
 * the group has one expected label, from those of that label too (the mean of both z-scores). Function words come last.
 */
export function clusterKeywords(group: Group, evidence: Evidence): Keyword[] {
  const counts = documentFrequencies(group.members.map((failure) => failure.input));
  const keywords = telling(counts, evidence.passingWords, { limit: considered });
  const own = group.expected === null ? undefined : evidence.passes.get(group.expected)?.words;
  const within = new Map(
    own === undefined
      ? []
      : telling(counts, own, { limit: counts.size, smallestZ: Number.NEGATIVE_INFINITY }).map(({ word, z }) => [
          word,
          z,
        ]),
  );
  const rank = ({ word, z }: Keyword): number => (own === undefined ? z : (z + (within.get(word) ?? 0)) / 2);
  const ordered = keywords
    .map((keyword) => ({ ...keyword, z: rank(keyword) }))
    .sort((a, b) => b.z - a.z || (a.word < b.word ? -1 : 1));
  return [
    ...ordered.filter(({ word }) => !isFunctionWord(word)),
    ...ordered.filter(({ word }) => isFunctionWord(word)),
  ].slice(0, limit);
}
