import { languageOfWords, writingOf } from '../base/languages.ts';
import { quantile } from '../base/statistics.ts';
import { type Casing, casingOf } from './casing.ts';
import { CharacterModel } from './character-model.ts';
import { readable, wordsOf } from './readable.ts';

/** What is usual in the traffic of one model; detectors measure against it. Held in memory only. */
export interface CorpusProfile {
  /** Distinct inputs it was built from. */
  readonly texts: number;
  /** In how many distinct inputs each word occurs. */
  readonly documentFrequency: ReadonlyMap<string, number>;
  /** How many distinct inputs end with the word. */
  readonly lastWords: ReadonlyMap<string, number>;
  readonly characters: CharacterModel;
  /** Mean log likelihood a character over the distinct words of the traffic: its median and its 1st percentile. */
  readonly wordLikelihood: { readonly median: number; readonly low: number };
  /** Words an input. */
  readonly length: { readonly median: number; readonly p95: number };
  /** Share of inputs by casing, of those with enough letters to tell. */
  readonly casing: ReadonlyMap<Casing, number>;
  /** Share of inputs that end with a full stop, a question mark or the like. */
  readonly closedEnds: number;
  /** Share of inputs that have a word in each writing. */
  readonly writings: ReadonlyMap<string, number>;
  /** Share of inputs by language, of those that tell theirs. */
  readonly languages: ReadonlyMap<string, number>;
}

/** From this many inputs on a word is known to the traffic. */
export const knownFrom = 3;

/** Words kept at most where nobody says how many. */
const largestVocabulary = 500_000;

/**
 * Learns what is usual. Repeated inputs count once. Time and memory are linear in the text read.
 * @param trusted texts whose words are all known, however rare: a model's first examples, what people judged
 * @param mostWords how many words are kept at most, the commonest
 */
export function profileCorpus(
  inputs: Iterable<string>,
  trusted: Iterable<string> = [],
  mostWords = largestVocabulary,
): CorpusProfile {
  const distinct = new Set(inputs);
  const documentFrequency = new Map<string, number>();
  const lastWords = new Map<string, number>();
  const casings = new Map<Casing, number>();
  const lengths: number[] = [];
  const languages = new Map<string, number>();
  const writings = new Map<string, number>();
  let cased = 0;
  let closed = 0;
  let texts = 0;
  for (const input of distinct) {
    const text = readable(input);
    const words = wordsOf(text);
    if (words.length === 0) continue;
    texts += 1;
    lengths.push(words.length);
    for (const word of new Set(words)) documentFrequency.set(word, (documentFrequency.get(word) ?? 0) + 1);
    for (const writing of new Set(words.map(writingOf)))
      if (writing !== null) writings.set(writing, (writings.get(writing) ?? 0) + 1);
    const last = words.at(-1);
    if (last !== undefined) lastWords.set(last, (lastWords.get(last) ?? 0) + 1);
    const casing = casingOf(text);
    if (casing !== 'none') {
      cased += 1;
      casings.set(casing, (casings.get(casing) ?? 0) + 1);
    }
    if (endsClosed(text)) closed += 1;
    const language = languageOfWords(words, text);
    if (language !== null) languages.set(language, (languages.get(language) ?? 0) + 1);
  }
  for (const input of new Set(trusted)) {
    for (const word of new Set(wordsOf(readable(input))))
      documentFrequency.set(word, Math.max(knownFrom, documentFrequency.get(word) ?? 0));
  }

  const kept = keepCommonest(documentFrequency, mostWords);
  const characters = new CharacterModel();
  for (const [word, frequency] of kept) characters.add(word, frequency);
  const likelihoods = [...kept.keys()].map((word) => characters.logLikelihood(word)).sort(ascending);
  lengths.sort(ascending);
  return {
    texts,
    documentFrequency: kept,
    lastWords,
    characters,
    wordLikelihood: { median: quantile(likelihoods, 0.5), low: quantile(likelihoods, 0.01) },
    length: { median: quantile(lengths, 0.5), p95: quantile(lengths, 0.95) },
    casing: shares(casings, cased),
    closedEnds: texts === 0 ? 0 : closed / texts,
    writings: shares(writings, texts),
    languages: shares(
      languages,
      languages.values().reduce((sum, count) => sum + count, 0),
    ),
  };
}

function shares<K>(counts: ReadonlyMap<K, number>, total: number): ReadonlyMap<K, number> {
  return new Map([...counts].map(([key, count]) => [key, count / total]));
}

/** A language with less of the traffic than this is a stray one, or a wrong guess. */
export const ownLanguage = 0.05;

/**
 * Whether a text is to be read as English: it shows no other language of the traffic, and the traffic is English for the
 * better part where the text does not tell.
 */
export function isEnglish(text: string, { languages }: CorpusProfile): boolean {
  const language = languageOfWords(wordsOf(text), text);
  if (language === 'English') return true;
  if (language !== null && (languages.get(language) ?? 0) >= ownLanguage) return false;
  return languages.size === 0 || (languages.get('English') ?? 0) >= 0.5;
}

/** Whether a text ends with closing punctuation. */
export function endsClosed(text: string): boolean {
  return /[.!?…。！？।؟॥)\]"'”»」』]\s*$/u.test(text);
}

function keepCommonest(counts: ReadonlyMap<string, number>, most: number): ReadonlyMap<string, number> {
  if (counts.size <= most) return counts;
  return new Map([...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, most));
}

function ascending(a: number, b: number): number {
  return a - b;
}
