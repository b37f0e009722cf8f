import { words } from '../base/text.ts';

/** Stands where an erased text stood. */
export const erasedMark = '[erased]';

export interface ErasedTextRequest {
  /** Ids of the erased traces. */
  readonly ids: Iterable<string>;
  /** What their inputs, outputs, steps and judgements say. */
  readonly texts: Iterable<string>;
  /** Texts that stay: those of other traces and of first examples. What they say too is not erased. */
  readonly kept: Iterable<string>;
}

/** A text of fewer words is known only as a whole. */
const tellingWords = 3;
/** A text of few but long words, as in scripts without spaces, is looked for from so many characters on. */
const tellingCharacters = 8;
/** A piece of a text is known from so many characters on. */
const pieceCharacters = 12;
/** An id is known within prose when it has so many characters, and is no plain word. */
const tokenCharacters = 4;
const plainWord = /^\p{L}*$/u;
const wordCharacters = 3;

/**
 * Knows what was said in erased traces where it comes again: whole, cut short as reports do, in quotation marks, or as a
 * word that no other text has. White space, case, punctuation and escapes make no difference.
 */
export class ErasedText {
  readonly #ids: ReadonlySet<string>;
  /** Words of each erased text, joined by spaces. */
  readonly #texts: readonly string[];
  readonly #whole: ReadonlySet<string>;
  readonly #long: readonly string[];
  readonly #byThree = new Map<string, number[]>();
  readonly #kept: ReadonlySet<string>;
  readonly #words: ReadonlySet<string>;
  readonly #raw: readonly string[];

  constructor({ ids, texts, kept }: ErasedTextRequest) {
    this.#ids = new Set(ids);
    const keptWords = new Set<string>();
    const keptTexts = new Set<string>();
    for (const text of kept) {
      const found = words(text);
      keptTexts.add(found.join(' '));
      for (const word of found) keptWords.add(word);
    }
    this.#kept = keptTexts;
    const own = new Map<string, string>();
    for (const text of texts) {
      const key = words(text).join(' ');
      if (key !== '' && !keptTexts.has(key)) own.set(key, text);
    }
    this.#texts = [...own.keys()];
    // The longest first, so that a text within another one leaves no remains of it.
    this.#raw = [...own.values()].sort((a, b) => b.length - a.length);
    this.#whole = new Set(this.#texts);
    this.#long = this.#texts.filter((text) => isShort(text) && text.length >= tellingCharacters);
    const ownWords = this.#texts.flatMap((text) => text.split(' '));
    this.#words = new Set(ownWords.filter((word) => word.length >= wordCharacters && !keptWords.has(word)));
    this.#texts.forEach((text, index) => {
      for (const three of threes(text.split(' '))) {
        const found = this.#byThree.get(three);
        if (found === undefined) this.#byThree.set(three, [index]);
        else if (found.at(-1) !== index) found.push(index);
      }
    });
  }

  isId(text: string): boolean {
    return this.#ids.has(text);
  }

  /** Whether it is a word that only erased texts have, in lower case as analyses write words. */
  isWord(text: string): boolean {
    return this.#words.has(text.trim());
  }

  /** Whether the text is an erased one, as a whole. */
  isText(text: string): boolean {
    return this.#whole.has(words(text).join(' '));
  }

  /**
   * The text with what is erased replaced by a mark; the same text where nothing is.
   * @param spoken false for a value that may be a code, such as the name of a slice: then one of few words stays
   */
  scrub(text: string, spoken = true): string {
    const shown = text.replace(shownCode, ' ');
    const found = words(shown);
    const joined = found.join(' ');
    if (!spoken && found.length < tellingWords) return text;
    if (this.isId(text) || this.isWord(text)) return erasedMark;
    if (joined === '' || this.#kept.has(joined)) return text;
    if (this.#whole.has(joined) || this.#isPiece(found, joined)) return erasedMark;
    let left = text;
    if (this.#holdsWhole(found, joined)) {
      for (const raw of this.#raw) left = left.replaceAll(raw, erasedMark);
      const rest = words(left);
      if (this.#holdsWhole(rest, rest.join(' '))) return erasedMark;
    }
    return this.#scrubTokens(this.#scrubQuoted(left));
  }

  /** Whether a whole erased text is within. */
  #holdsWhole(found: readonly string[], joined: string): boolean {
    if (this.#long.some((text) => joined.includes(text))) return true;
    const padded = ` ${joined} `;
    return this.#candidates(found).some((text) => padded.includes(` ${text} `));
  }

  /** Whether it is within an erased text; its last word may be cut. */
  #isPiece(found: readonly string[], joined: string): boolean {
    if (found.length >= tellingWords) {
      if (joined.length < pieceCharacters) return false;
      return this.#candidates(found.slice(0, tellingWords + 1)).some((text) => ` ${text}`.includes(` ${joined}`));
    }
    return joined.length >= tellingCharacters && this.#long.some((text) => text.startsWith(joined));
  }

  #candidates(found: readonly string[]): string[] {
    const indices = new Set<number>();
    for (const three of threes(found)) for (const index of this.#byThree.get(three) ?? []) indices.add(index);
    return [...indices].flatMap((index) => this.#texts[index] ?? []);
  }

  #scrubQuoted(text: string): string {
    return text.replace(quoted, (whole, open: string, inner: string, close: string) => {
      const found = words(inner);
      const joined = found.join(' ');
      if (joined === '' || this.#kept.has(joined)) return whole;
      const isErased =
        this.isId(inner) || this.isWord(inner) || this.#whole.has(joined) || this.#isPiece(found, joined);
      return isErased ? `${open}${erasedMark}${close}` : whole;
    });
  }

  #scrubTokens(text: string): string {
    return text.replace(token, (found) =>
      found.length >= tokenCharacters && this.#ids.has(found) && !plainWord.test(found) ? erasedMark : found,
    );
  }
}

/** How a report shows what does not show. */
const shownCode = /⟨U\+[0-9A-F]{4,6}⟩/g;
const quoted = /(["“'`])([^"“”`]{1,400}?)(["”'`])/g;
const token = /[^\s"'`“”,;()[\]{}<>|]+/g;

function isShort(text: string): boolean {
  return text.split(' ').length < tellingWords;
}

function* threes(found: readonly string[]): Generator<string> {
  for (let at = 0; at + tellingWords <= found.length; at += 1) yield found.slice(at, at + tellingWords).join(' ');
}
