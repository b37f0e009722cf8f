import { z } from 'zod';
import { wordKey } from '../base/text.ts';
import { groupsOfTexts } from '../similarity/cluster-texts.ts';
import { documentFrequencies, telling } from '../similarity/keywords.ts';
import { SimilarityIndex } from '../similarity/similarity-index.ts';

/** A cluster of texts that nobody has labelled, as a line of a file for people to name. */
export const namedClusterSchema = z.strictObject({
  cluster: z.string().describe('its number'),
  label: z
    .string()
    .describe('what its texts are to be answered by; empty: they are left out; the same label may be given twice'),
  size: z.int().nonnegative(),
  words: z.array(z.string()).describe('words that tell it from the others'),
  inputs: z.array(z.string()).describe('its texts, the most typical first; whatever is taken out here is left out'),
});
export type NamedCluster = z.infer<typeof namedClusterSchema>;

/** More texts are a sample of themselves. */
const mostTexts = 5_000;
/** A cluster has so many texts at least. */
const smallest = 5;
const mostWords = 8;
const readCharacters = 2_000;

/**
 * Sorts texts into clusters that have yet to be named, largest first. Texts that are one but for case, order of words and
 * punctuation count once; of very many every nth is taken.
 * @param clusters about how many are wanted; more than there are meanings, since two may get one name
 */
export function proposeClusters(texts: readonly string[], clusters: number): readonly NamedCluster[] {
  const distinct = [...new Map(texts.map((text) => [wordKey(text), text] as const)).values()].filter(
    (text) => text.trim() !== '',
  );
  const step = Math.max(1, Math.ceil(distinct.length / mostTexts));
  const taken = distinct.filter((_, at) => at % step === 0);
  if (taken.length === 0) return [];
  const index = new SimilarityIndex(taken.map((text) => text.slice(0, readCharacters)));
  const groups = groupsOfTexts(
    taken.map((_, at) => index.vector(at)),
    clusters,
    smallest,
  ).map((members) => members.map((at) => taken[at] ?? ''));
  const all = documentFrequencies(taken);
  return groups.map((inputs, at) => {
    const own = documentFrequencies(inputs);
    const others = new Map([...all].map(([word, count]) => [word, count - (own.get(word) ?? 0)]));
    const words = telling(own, others, { limit: mostWords }).map(({ word }) => word);
    return { cluster: String(at + 1), label: '', size: inputs.length, words, inputs };
  });
}
