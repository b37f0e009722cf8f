/** A piece of a text that an entity may begin or end at: a word, a number, or one other character. */
export interface Token {
  /** UTF-16 offsets, end exclusive. */
  readonly start: number;
  readonly end: number;
  /** Whether white space, or the beginning of the text, comes before it. */
  readonly spaced: boolean;
}

/** Longer texts are cut before they are tagged: the rest has no entities. UTF-16 units. */
export const mostCharacters = 100_000;

/** Letters with their marks, figures, any other visible character; a letter's emoji modifiers stay with it. */
const pieces =
  /\p{L}[\p{L}\p{M}\u200c\u200d]*|\p{N}+|\p{Extended_Pictographic}(?:[\u{1f3fb}-\u{1f3ff}\ufe0f]|\u200d\p{Extended_Pictographic})*|[^\s\p{C}]\p{M}*/gu;
/** Scripts that write words without spaces between them. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** A capital behind a small letter, as in `iPhone`. */
const capitalsInside = /(?<=\p{Ll}\p{M}*)(?=\p{Lu})/u;

let segmenter: Intl.Segmenter | undefined;

/**
 * The tokens of a text, in order. Words of scripts without spaces are cut by the rules of Unicode.
 * @param cutsWords whether words are cut before capitals inside of them, too
 */
export function tokensOf(text: string, cutsWords = false): Token[] {
  const tokens: Token[] = [];
  let end = 0;
  for (const { 0: piece, index } of text.matchAll(pieces)) {
    const spaced = index > end || index === 0;
    end = index + piece.length;
    if (piece.length > 1 && unspaced.test(piece)) {
      segmenter ??= new Intl.Segmenter('und', { granularity: 'word' });
      let first = true;
      for (const { segment, index: at } of segmenter.segment(piece)) {
        tokens.push({ start: index + at, end: index + at + segment.length, spaced: first && spaced });
        first = false;
      }
    } else tokens.push({ start: index, end, spaced });
  }
  return cutsWords ? tokens.flatMap((token) => cut(text, token)) : tokens;
}

function cut(text: string, token: Token): readonly Token[] {
  const parts = text.slice(token.start, token.end).split(capitalsInside);
  if (parts.length === 1) return [token];
  let end = token.start;
  return parts.map((part, at) => {
    const start = end;
    end += part.length;
    return { start, end, spaced: token.spaced && at === 0 };
  });
}
