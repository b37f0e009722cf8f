import { spokenWords } from '../base/text.ts';

/** What is read of one text for words, in characters. */
const longestText = 20_000;
const longestWord = 30;

/**
 * The different words of a text: lower case, letters and digits alone (an apostrophe inside a word is dropped), 2 to
 * 30 characters. Whatever the text holds, a word can stand in a title or a page without harm.
 */
export function distinctWords(text: string): ReadonlySet<string> {
  const found = spokenWords(text.slice(0, longestText)).map((word) => word.replaceAll("'", ''));
  return new Set(found.filter((word) => word.length >= 2 && word.length <= longestWord));
}

/** In how many of the texts each word occurs. */
export function documentFrequencies(texts: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const word of distinctWords(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return counts;
}

export interface Keyword {
  readonly word: string;
  /** Texts of the target that hold the word. */
  readonly count: number;
  /** z-score of the log-odds ratio, target against background. */
  readonly z: number;
}

/**
 * Words that tell the target's texts from the background's, most telling first: the log-odds ratio with an informative
 * Dirichlet prior, over its standard deviation (Monroe, Colaresi and Quinn 2008, equations 16, 19 and 22). The prior is
 * the word's share of both together, times `priorStrength` words.
 * @param smallestCount a word must occur in this many target texts; 2 by default
 * @param smallestZ words less telling are left out; 1 by default
 */
export function telling(
  target: ReadonlyMap<string, number>,
  background: ReadonlyMap<string, number>,
  options: { limit: number; smallestCount?: number; smallestZ?: number; priorStrength?: number },
): Keyword[] {
  const sum = (counts: ReadonlyMap<string, number>): number =>
    counts.values().reduce((total, count) => total + count, 0);
  const targetTotal = sum(target);
  const backgroundTotal = sum(background);
  const total = targetTotal + backgroundTotal;
  const strength = options.priorStrength ?? Math.max(10, Math.min(500, total / 10));
  const found: Keyword[] = [];
  for (const [word, count] of target) {
    if (count < (options.smallestCount ?? 2)) continue;
    const other = background.get(word) ?? 0;
    const prior = (strength * (count + other)) / total;
    const odds = (own: number, of: number): number => Math.log((own + prior) / (of + strength - own - prior));
    const deviation = Math.sqrt(1 / (count + prior) + 1 / (other + prior));
    const z = (odds(count, targetTotal) - odds(other, backgroundTotal)) / deviation;
    if (z >= (options.smallestZ ?? 1)) found.push({ word, count, z });
  }
  return found.sort((a, b) => b.z - a.z || (a.word < b.word ? -1 : 1)).slice(0, options.limit);
}
