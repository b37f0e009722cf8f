const wordPattern = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu;

/** The text in the form in which two inputs count as the same: NFKC, lower case, white space runs as one space, trimmed. */
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
