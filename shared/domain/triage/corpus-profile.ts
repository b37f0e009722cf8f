import { quantile } from '../base/statistics.ts';
import { spokenWords } from '../base/text.ts';
import { type Casing, casingOf } from './casing.ts';
import { CharacterModel } from './character-model.ts';
import { readable } from './readable.ts';

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
  readonly length: { readonly median: number; readonly p99: number };
  /** Share of inputs by casing, of those with enough letters to tell. */
  readonly casing: ReadonlyMap<Casing, number>;
  /** Share of inputs that end with a full stop, a question mark or the like. */
  readonly closedEnds: number;
}

/** Words kept at most, the commonest. */
const largestVocabulary = 500_000;

/** Learns what is usual. Repeated inputs count once. Time and memory are linear in the text read. */
export function profileCorpus(inputs: Iterable<string>): CorpusProfile {
  const distinct = new Set(inputs);
  const documentFrequency = new Map<string, number>();
  const lastWords = new Map<string, number>();
  const casings = new Map<Casing, number>();
  const lengths: number[] = [];
  let cased = 0;
  let closed = 0;
  let texts = 0;
  for (const input of distinct) {
    const text = readable(input);
    const words = spokenWords(text);
    if (words.length === 0) continue;
    texts += 1;
    lengths.push(words.length);
    for (const word of new Set(words)) documentFrequency.set(word, (documentFrequency.get(word) ?? 0) + 1);
    const last = words.at(-1);
    if (last !== undefined) lastWords.set(last, (lastWords.get(last) ?? 0) + 1);
    const casing = casingOf(text);
    if (casing !== 'none') {
      cased += 1;
      casings.set(casing, (casings.get(casing) ?? 0) + 1);
    }
    if (endsClosed(text)) closed += 1;
  }

  const kept = keepCommonest(documentFrequency, largestVocabulary);
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
    length: { median: quantile(lengths, 0.5), p99: quantile(lengths, 0.99) },
    casing: new Map([...casings].map(([casing, count]) => [casing, count / cased])),
    closedEnds: texts === 0 ? 0 : closed / texts,
  };
}

/** Whether a text ends with closing punctuation. */
export function endsClosed(text: string): boolean {
  return /[.!?…。！？)\]"'”»]\s*$/u.test(text);
}

function keepCommonest(counts: ReadonlyMap<string, number>, most: number): ReadonlyMap<string, number> {
  if (counts.size <= most) return counts;
  return new Map([...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, most));
}

function ascending(a: number, b: number): number {
  return a - b;
}
