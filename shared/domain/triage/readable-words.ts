/** Detectors read no more of a text than this, in UTF-16 code units: enough to know it by, whatever its length. */
export const charactersRead = 8_000;

const wordPattern = /[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}]+)*/gu;

/** The part of a text that detectors read. */
export function readable(input: string): string {
  return input.length > charactersRead ? input.slice(0, charactersRead) : input;
}

/** Words of a text in order, lower case, apostrophes straight; letters, marks and digits of any script. */
export function wordsOf(text: string): string[] {
  return (text.match(wordPattern) ?? []).map((word) => word.toLowerCase().replace('’', "'"));
}
