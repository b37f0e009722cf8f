import { spokenWords } from '../base/text.ts';

/** Detectors read no more of a text than this, in UTF-16 code units: enough to know it by, whatever its length. */
export const charactersRead = 8_000;
/** No word is read further: longer ones are runs and codes. */
const longestWord = 60;

/** The part of a text that detectors read. */
export function readable(input: string): string {
  return input.slice(0, charactersRead);
}

/** What was read last: many detectors ask for the same text, one after the other. */
let last: { readonly text: string; readonly words: readonly string[] } | null = null;

/**
 * The spoken words of a text as detectors read them, long ones cut. Some characters unfold into many (NFKC), so the
 * text is cut to what is read afterwards too. Time is linear in what is read.
 */
export function wordsOf(text: string): readonly string[] {
  if (last?.text !== text) {
    const words = spokenWords(readable(readable(text).normalize('NFKC')));
    last = { text, words: words.map((word) => word.slice(0, longestWord)) };
  }
  return last.words;
}
