/** What Python's `str.isspace` takes for a blank. */
const blank = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const blanks = new RegExp(`[${blank}]+`, 'u');
const shown = new RegExp(`[^\\p{Cc}\\p{Cf}\\p{Cs}${blank}]`, 'u');
const letter = '[\\p{L}\\p{N}_\\p{M}\\u200c\\u200d]';
/** As Python's patterns without regard to case read them: Turkish ones are among them. */
const latin = 'a-z\\u0130\\u0131';

/** GLiNER2's words: addresses, mail, names with `@`, words with the hyphens within, any other sign alone. */
const word = new RegExp(
  [
    `(?:https?://[^${blank}]+|www\\.[^${blank}]+)`,
    `[${latin}0-9._%+\\-]+@[${latin}0-9.\\-]+\\.[${latin}]{2,}`,
    `@[${latin}0-9_]+`,
    `${letter}+(?:[\\-_]${letter}+)*`,
    `[^${blank}]`,
  ].join('|'),
  'giu',
);

/** A word in lower case, with its place in the text that was split: UTF-16 offsets, the end exclusive. */
export interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The text of an input that Python reads (`texts.py` there), cut to what counts; null where nothing shows.
 * @param options.mostCharacters code points that count
 * @param options.condensed whether blanks become single spaces, for tasks that name no places
 */
export function readable(
  input: string,
  { mostCharacters, condensed }: { readonly mostCharacters: number; readonly condensed: boolean },
): string | null {
  if (!shown.test(input.isWellFormed() ? input : input.replaceAll(/\p{Cs}/gu, ' '))) return null;
  const text = input.toWellFormed();
  return cut(condensed ? text.split(blanks).filter(Boolean).join(' ') : text, mostCharacters);
}

/** The words of a text with an end mark, one after the other. */
export function* wordsOf(text: string): Generator<Word> {
  const ended = text === '' ? '.' : /[.!?]$/u.test(text) ? text : `${text}.`;
  for (const { 0: found, index } of ended.matchAll(word)) {
    yield { text: found.toLowerCase(), start: index, end: index + found.length };
  }
}

/** The first code points of a text. */
function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  return [...text.slice(0, 2 * most)].slice(0, most).join('');
}
