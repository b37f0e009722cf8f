import { LRUCache } from 'lru-cache';
import { digest } from './ids.ts';
import { isUnspaced, segmentRun } from './unspaced.ts';

const wordPattern = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu;
/** As a word, with what follows its apostrophes. */
const spokenPattern = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*(?:'[\p{L}\p{M}]+)*/gu;
/** As a spoken word, or a sign that is no punctuation: an emoji, a currency. */
const spokenOrSignPattern = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*(?:'[\p{L}\p{M}]+)*|[^\s\p{L}\p{N}\p{M}\p{P}\p{C}]/gu;

/** Pieces that are a word as they stand. */
const lettersOnly = /^\p{L}+$/u;

/**
 * The text in the form in which two inputs count as the same: NFKC, lower case, white space runs as one space, trimmed.
 */
export function normalisedText(text: string): string {
  return text.toWellFormed().normalize('NFKC').toLowerCase().normalize('NFKC').replace(/\s+/gu, ' ').trim();
}

/**
 * The words of a text in order, repetitions kept: runs of Unicode letters and numbers (with their combining marks)
 * of its {@link normalisedText}; in scripts without spaces the words of each run, by `Intl.Segmenter`.
 * @example words("I'm at Café №5") // ['i', 'm', 'at', 'café', 'no5']
 * @example words('今日も雨') // ['今日', 'も', '雨']
 */
export function words(text: string): readonly string[] {
  return matches(normalisedText(text), wordPattern);
}

/**
 * The words of a text as they are spoken: an apostrophe within a word belongs to it. Lower case, apostrophes straight.
 * @param options.signs whether signs that are no punctuation are words too
 * @example spokenWords("Don’t pay €5") // ["don't", 'pay', '5']
 */
export function spokenWords(text: string, { signs = false } = {}): readonly string[] {
  const folded = text.normalize('NFKC').toLowerCase().replaceAll('’', "'");
  return matches(folded, signs ? spokenOrSignPattern : spokenPattern);
}

/** What a pattern of words matches, runs of scripts without spaces cut into words. */
function matches(folded: string, pattern: RegExp): readonly string[] {
  const found = folded.match(pattern) ?? [];
  if (!isUnspaced(folded)) return found;
  const words: string[] = [];
  for (const run of found) {
    const pieces = segmentRun(run);
    if (pieces.length < 2) words.push(...pieces);
    else for (const piece of pieces) pushWords(piece, pattern, words);
  }
  return words;
}

/** A piece may begin with a mark that belongs to the one before: then the rest of it is the word. */
function pushWords(piece: string, pattern: RegExp, words: string[]): void {
  if (lettersOnly.test(piece)) words.push(piece);
  else words.push(...(piece.match(pattern) ?? []));
}

/** Keys of long texts of scripts without spaces, which take longest to find and are asked for in several stages. */
const longKeys = new LRUCache<string, string>({ maxSize: 16_000_000, sizeCalculation: ({ length }) => length + 1 });
const longFrom = 2_000;

/**
 * What identifies an input for splits and near-duplicates: its distinct words, sorted by code unit, joined by a
 * space; its normalised text when it has no words. A key is its own key.
 */
export function wordKey(text: string): string {
  if (text.length < longFrom || !isUnspaced(text)) return newKey(text);
  const by = digest(text);
  const known = longKeys.get(by);
  if (known !== undefined) return known;
  const key = newKey(text);
  longKeys.set(by, key);
  return key;
}

function newKey(text: string): string {
  const normalised = normalisedText(text);
  const found = matches(normalised, wordPattern);
  return found.length === 0 ? normalised : [...new Set(found)].sort().join(' ');
}

/** The distinct words of a {@link wordKey}, sorted. */
export function wordsOfKey(key: string): readonly string[] {
  return key.search(wordPattern) === -1 ? [] : key.split(' ');
}

/** Plain order of texts by code units, the same everywhere. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
