const wordPattern = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu;
/** As a word, with what follows its apostrophes. */
const spokenPattern = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*(?:'[\p{L}\p{M}]+)*/gu;
/** As a spoken word, or a sign that is no punctuation: an emoji, a currency. */
const spokenOrSignPattern = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*(?:'[\p{L}\p{M}]+)*|[^\s\p{L}\p{N}\p{M}\p{P}\p{C}]/gu;

/**
 * The text in the form in which two inputs count as the same: NFKC, lower case, white space runs as one space, trimmed.
 */
export function normalisedText(text: string): string {
  return text.toWellFormed().normalize('NFKC').toLowerCase().normalize('NFKC').replace(/\s+/gu, ' ').trim();
}

/**
 * The words of a text in order, repetitions kept: runs of Unicode letters and numbers (with their combining marks)
 * of its {@link normalisedText}.
 * @example words("I'm at Café №5") // ['i', 'm', 'at', 'café', 'no5']
 */
export function words(text: string): readonly string[] {
  return normalisedText(text).match(wordPattern) ?? [];
}

/**
 * The words of a text as they are spoken: an apostrophe within a word belongs to it. Lower case, apostrophes straight.
 * @param options.signs whether signs that are no punctuation are words too
 * @example spokenWords("Don’t pay €5") // ["don't", 'pay', '5']
 */
export function spokenWords(text: string, { signs = false } = {}): readonly string[] {
  const folded = text.normalize('NFKC').toLowerCase().replaceAll('’', "'");
  return folded.match(signs ? spokenOrSignPattern : spokenPattern) ?? [];
}

/**
 * What identifies an input for splits and near-duplicates: its distinct words, sorted by code unit, joined by a
 * space; its normalised text when it has no words. A key is its own key.
 */
export function wordKey(text: string): string {
  const normalised = normalisedText(text);
  const found = normalised.match(wordPattern);
  return found === null ? normalised : [...new Set(found)].sort().join(' ');
}

/** The distinct words of a {@link wordKey}, sorted. */
export function wordsOfKey(key: string): readonly string[] {
  return key.search(wordPattern) === -1 ? [] : key.split(' ');
}

/** Plain order of texts by code units, the same everywhere. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
