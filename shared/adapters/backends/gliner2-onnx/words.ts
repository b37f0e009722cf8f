/** What Python's `str.isspace` takes for a blank. */
const blank = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const blanks = new RegExp(`[${blank}]+`, 'u');
const shown = new RegExp(`[^\\p{Cc}\\p{Cf}\\p{Cs}${blank}]`, 'u');
const letter = '[\\p{L}\\p{N}_\\p{M}\\u200c\\u200d]';

/** GLiNER2's words: addresses, mail, names with `@`, words with the hyphens within, any other sign alone. */
const word = new RegExp(
  [
    `(?:https?://[^${blank}]+|www\\.[^${blank}]+)`,
    '[a-z0-9._%+\\-]+@[a-z0-9.\\-]+\\.[a-z]{2,}',
    '@[a-z0-9_]+',
    `${letter}+(?:[\\-_]${letter}+)*`,
    `[^${blank}]`,
  ].join('|'),
  'giu',
);

/**
 * The words of an input as the Python of training jobs reads them (`texts.py` there, and GLiNER2's own splitter), in
 * lower case; null where nothing shows.
 * @param mostCharacters code points of the text that count
 */
export function wordsOf(
  input: string,
  { mostWords, mostCharacters }: { readonly mostWords: number; readonly mostCharacters: number },
): readonly string[] | null {
  if (!shown.test(input.isWellFormed() ? input : input.replaceAll(/\p{Cs}/gu, ' '))) return null;
  const condensed = input
    .toWellFormed()
    .split(blanks)
    .filter((part) => part !== '')
    .join(' ');
  const text = [...condensed].slice(0, mostCharacters).join('');
  const ended = text === '' ? '.' : /[.!?]$/u.test(text) ? text : `${text}.`;
  const words: string[] = [];
  for (const [found] of ended.matchAll(word)) {
    if (words.length === mostWords) break;
    words.push(found.toLowerCase());
  }
  return words;
}
