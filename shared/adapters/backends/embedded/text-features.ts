import { isUnspaced, segmentRun } from '../../../domain/base/unspaced.ts';

/** Characters (UTF-16 code units) of an input that n-grams are taken from; the rest is not looked at. */
export const maxFeatureCharacters = 4_000;

const visible = /[^\p{Z}\p{C}]/u;

/**
 * The part of an input that the model looks at: without white space around it, at most {@link maxFeatureCharacters}
 * long. Empty when it has no visible character, and so nothing to go by.
 */
export function readableText(input: string): string {
  const text = input.trimStart().slice(0, maxFeatureCharacters).trimEnd();
  return visible.test(text) ? text.toWellFormed() : '';
}

const wordRun = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu;

const longestCharacterNgram = 4;
const shortestCharacterNgram = 2;

const space = 1;
const wordCharacter = 2;
const other = 3;
/** Kind of each UTF-16 code unit, filled in as they are met; 0 is unknown. */
const kinds = new Uint8Array(0x10000);

function kindOf(unit: number): number {
  const known = kinds[unit] ?? 0;
  if (known !== 0) {
    return known;
  }
  const character = String.fromCharCode(unit);
  // Halves of surrogate pairs count as letters: emoji and rare scripts carry meaning.
  const isWord = /[\p{L}\p{N}\p{M}_\p{Cs}]/u.test(character);
  const kind = /\s/u.test(character) ? space : isWord ? wordCharacter : other;
  kinds[unit] = kind;
  return kind;
}

/**
 * The n-grams of one text at a time, as 64-bit hashes in two halves: words and pairs of neighbouring words, then the 2-
 * to 4-grams of characters inside each token between white space, the token padded with a space on either side
 * (scikit-learn's `char_wb`). All in lower case. A collision among a million features has a probability of about 3e-8.
 *
 * Of scripts without spaces the words of each run, and pairs of them, come beside the run itself. They are hashed apart
 * from all other n-grams: an artifact of before they were read knows none of them, and answers as it always did.
 */
export class NgramReader {
  low = new Uint32Array(1 << 12);
  high = new Uint32Array(1 << 12);
  /** How many of the n-grams read last are of words; they come first. */
  wordNgrams = 0;
  /** How many n-grams were read, with repetitions. */
  count = 0;

  read(text: string): void {
    const lower = text.toLowerCase();
    this.count = 0;
    const unspaced = isUnspaced(lower);
    this.#reserve(lower.length * (longestCharacterNgram + (unspaced ? 2 : 0)) + 16);
    this.#readWords(lower);
    if (unspaced) this.#readSegments(lower);
    this.wordNgrams = this.count;
    this.#readCharacters(lower);
  }

  #reserve(length: number): void {
    if (this.low.length < length) {
      this.low = new Uint32Array(length * 2);
      this.high = new Uint32Array(length * 2);
    }
  }

  #add(low: number, high: number): void {
    // MurmurHash3's finalisers, so that the table can take the low bits as they are.
    let a = low ^ (high >>> 15);
    a = Math.imul(a ^ (a >>> 16), 0x85ebca6b);
    a = Math.imul(a ^ (a >>> 13), 0xc2b2ae35);
    this.low[this.count] = a ^ (a >>> 16);
    this.high[this.count] = high;
    this.count++;
  }

  #readWords(text: string): void {
    let previousLow = 0;
    let previousHigh = 0;
    let hasPrevious = false;
    let low = 0;
    let high = 0;
    let inWord = false;
    for (let at = 0; at <= text.length; at++) {
      const unit = at < text.length ? text.charCodeAt(at) : 0x20;
      if (kindOf(unit) === wordCharacter) {
        if (!inWord) {
          inWord = true;
          low = 0x9e3779b1;
          high = 0x7f4a7c15;
        }
        low = Math.imul(low ^ unit, 0x01000193);
        high = Math.imul(high ^ unit, 0x5bd1e995) ^ (high >>> 13);
      } else if (inWord) {
        inWord = false;
        this.#add(low, high);
        if (hasPrevious) {
          this.#add(Math.imul(previousLow, 31) + low, Math.imul(previousHigh ^ 0x2545f491, 0x6c078965) + high);
        }
        previousLow = low;
        previousHigh = high;
        hasPrevious = true;
      }
    }
  }

  #readSegments(text: string): void {
    let previousLow = 0;
    let previousHigh = 0;
    for (const [run] of text.matchAll(wordRun)) {
      const pieces = segmentRun(run);
      if (pieces.length < 2) {
        previousLow = 0;
        previousHigh = 0;
        continue;
      }
      for (const piece of pieces) {
        let low = 0x27d4eb2f;
        let high = 0x165667b1;
        for (let at = 0; at < piece.length; at++) {
          const unit = piece.charCodeAt(at);
          low = Math.imul(low ^ unit, 0x01000193);
          high = Math.imul(high ^ unit, 0x5bd1e995) ^ (high >>> 13);
        }
        this.#add(low, high);
        if (previousLow !== 0) {
          this.#add(Math.imul(previousLow, 31) + low, Math.imul(previousHigh ^ 0x2545f491, 0x6c078965) + high);
        }
        previousLow = low;
        previousHigh = high;
      }
    }
  }

  #readCharacters(text: string): void {
    for (let at = 0; at < text.length; ) {
      if (kindOf(text.charCodeAt(at)) === space) {
        at++;
        continue;
      }
      let end = at + 1;
      while (end < text.length && kindOf(text.charCodeAt(end)) !== space) {
        end++;
      }
      // Positions at - 1 and end stand for the padding.
      for (let from = at - 1; from < end; from++) {
        let low = 0x85ebca77;
        let high = 0xc2b2ae3d;
        const last = Math.min(from + longestCharacterNgram - 1, end);
        for (let position = from; position <= last; position++) {
          const unit = position < at || position === end ? 0x20 : text.charCodeAt(position);
          low = Math.imul(low ^ unit, 0x01000193);
          high = Math.imul(high ^ unit, 0x5bd1e995) ^ (high >>> 13);
          if (position - from + 1 >= shortestCharacterNgram) {
            this.#add(low, high);
          }
        }
      }
      at = end;
    }
  }
}
