/** Names of the measured surface features, in a fixed order. */
export const surfaceFeatureNames = [
  'characters',
  'words',
  'meanWordLength',
  'lines',
  'digits',
  'upperCase',
  'punctuation',
  'nonAscii',
  'questionMarks',
  'urls',
  'htmlTags',
] as const;
export type SurfaceFeature = (typeof surfaceFeatureNames)[number];

/** What a feature counts or is the share of, for people. */
const surfaceFeatureWords: Readonly<Record<SurfaceFeature, { readonly words: string; readonly share: boolean }>> = {
  characters: { words: 'characters', share: false },
  words: { words: 'words', share: false },
  meanWordLength: { words: 'characters a word', share: false },
  lines: { words: 'lines', share: false },
  digits: { words: 'digits', share: true },
  upperCase: { words: 'capitals', share: true },
  punctuation: { words: 'punctuation', share: true },
  nonAscii: { words: 'characters beyond ASCII', share: true },
  questionMarks: { words: 'question marks', share: false },
  urls: { words: 'web addresses', share: false },
  htmlTags: { words: 'HTML tags', share: false },
};

/** The words of a feature; undefined for one that is none of these. */
export function wordsOfFeature(name: string): { readonly words: string; readonly share: boolean } | undefined {
  const known = surfaceFeatureNames.find((feature) => feature === name);
  return known && surfaceFeatureWords[known];
}

/** Shares and counts of characters are taken from this much of a text; its length from all of it. */
const longestScan = 20_000;

function occurrences(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

/**
 * Surface features of an input: counts (`characters`, `words`, `lines`, `questionMarks`, `urls`, `htmlTags`), a mean
 * (`meanWordLength`, characters) and shares of characters, 0 to 1 (`digits`, `punctuation`, `nonAscii` of all that is
 * not white space; `upperCase` of letters). All are 0 for an empty text but `lines`, which is 1.
 */
export function surfaceFeatures(text: string): Readonly<Record<SurfaceFeature, number>> {
  const head = text.slice(0, longestScan);
  const words = occurrences(text, /\S+/g);
  const visible = occurrences(text, /\S/g);
  const scanned = Math.max(1, occurrences(head, /\S/g));
  const letters = occurrences(head, /\p{L}/gu);
  return {
    characters: text.length,
    words,
    meanWordLength: words === 0 ? 0 : visible / words,
    lines: 1 + occurrences(text, /\n/g),
    digits: occurrences(head, /\p{Nd}/gu) / scanned,
    upperCase: letters === 0 ? 0 : occurrences(head, /\p{Lu}/gu) / letters,
    punctuation: occurrences(head, /\p{P}/gu) / scanned,
    nonAscii: occurrences(head, /[^\x00-\x7f]/gu) / scanned,
    questionMarks: occurrences(head, /\?/g),
    urls: occurrences(head, /\b(?:https?:\/\/|www\.)\S/gi),
    htmlTags: occurrences(head, /<\/?[a-z][^<>]{0,200}>/gi),
  };
}
