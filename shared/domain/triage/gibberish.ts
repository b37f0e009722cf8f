import { functionWords } from '../base/languages.ts';
import { isUnspaced } from '../base/unspaced.ts';
import { percent } from '../base/wording.ts';
import type { CorpusProfile } from './corpus-profile.ts';
import { type Finding, quote } from './finding.ts';
import { isLaughter } from './laughter.ts';
import { wordsOf } from './readable.ts';

/** Fewer distinct inputs than this say too little of how words look. */
const enoughTexts = 100;
/** Fewer distinct words than this leave most ordinary words unlikely. */
const enoughWords = 1_000;
/** A word in more inputs than this is known. */
const unknownUpTo = 2;
/**
 * How far below the median of the traffic's own words the mean word must lie, in spreads (median to 1st percentile).
 */
const farBelow = 1.1;

const keyboardRows = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm', 'qwertzuiop', 'azertyuiop', 'qsdfghjklm'];
/** Stretches of a row that begin where no word does: "wert" and "tree" are words, "asdf" and "qwer" are not. */
const strokes =
  /^(?:qwer|asdf|sdfg|dfgh|fghj|ghjk|hjkl|zxcv|xcvb|cvbn|vbnm|lkjh|kjhg|jhgf|hgfd|gfds|fdsa|mnbv|nbvc|bvcx)/;

/**
 * Text that is no language: keyboard runs and mash, one character over and over, signs only, or several words whose
 * character trigrams are far less likely than those of the traffic's own words (and which the traffic does not have
 * otherwise). Never laughter, codes and abbreviations, nor what has a form word of any language. Mash is known in Latin
 * letters alone; of scripts that the traffic does not use, and of those without spaces, nothing is said.
 */
export function detectGibberish(text: string, profile: CorpusProfile): Finding | null {
  const bare = withoutAddresses(text);
  const signs = signsOnly(bare);
  if (signs !== null) return signs;
  const words = wordsOf(bare).filter((word) => !/\p{N}/u.test(word));
  const letters = lengthOf(words);
  if (letters < 4) return null;

  const strange = words.filter((word) => isStrange(word, profile));
  if (lengthOf(strange) / letters < 0.6) return null;
  const codes = abbreviationsOf(bare);
  const mashWords = new Set(
    [...new Set(strange)].filter(
      (word) => isKeyboardRun(word) || isRepeated(word) || (!codes.has(word) && isMash(word)),
    ),
  );
  const mash = strange.filter((word) => mashWords.has(word));
  const mashed = lengthOf(mash) / letters;
  const isSeveral = mashWords.size > 1;
  // A single word may be an abbreviation or a name.
  const isMashed = mashed >= 0.6 && (isSeveral || mash.some((word) => isKeyboardRun(word) || hasNoVowel(word, 6)));
  const isStrangeThroughout = strange.length === words.length && !words.some(isFormWord);
  if (isMashed || (isSeveral && mashed >= 0.3 && isStrangeThroughout))
    return {
      kind: 'gibberish',
      strength: 0.95,
      reason: `${percent(mashed, 0)} of its letters are keyboard mash: ${quote(mash.join(' '))}`,
    };

  return unlike(
    strange.filter((word) => !codes.has(word)),
    letters,
    profile,
  );
}

function isStrange(word: string, profile: CorpusProfile): boolean {
  return (
    word.length >= 3 &&
    (profile.documentFrequency.get(word) ?? 0) <= unknownUpTo &&
    !isLaughter(word) &&
    !isUnspaced(word)
  );
}

/** Words that are not built as the traffic's words are. One alone may be a name. */
function unlike(strange: readonly string[], letters: number, profile: CorpusProfile): Finding | null {
  if (profile.texts < enoughTexts || profile.documentFrequency.size < enoughWords) return null;
  const share = lengthOf(strange) / letters;
  if (share < 0.75 || new Set(strange).size < 2) return null;
  if (strange.some((word) => profile.characters.isForeign(word) || isFormWord(word))) return null;
  const { median, low } = profile.wordLikelihood;
  const mean =
    strange.reduce((sum, word) => sum + word.length * profile.characters.logLikelihood(word), 0) / lengthOf(strange);
  const below = (median - mean) / Math.max(0.1, median - low);
  if (below < farBelow) return null;
  return {
    kind: 'gibberish',
    strength: Math.min(1, below / (2 * farBelow) + 0.4),
    reason: `${percent(share, 0)} of its letters are in words unknown to the traffic, with ${mean.toFixed(1)} log likelihood a character against a usual ${median.toFixed(1)}`,
  };
}

function isFormWord(word: string): boolean {
  return functionWords.values().some((words) => words.has(word));
}

function signsOnly(text: string): Finding | null {
  const dense = text.replace(/\s/gu, '').toLowerCase();
  const characters = [...dense];
  const different = new Set(characters);
  // One letter, or two in turn as on a key board: no laughter, which is two letters too.
  if (characters.length >= 6 && different.size <= 2 && /^\p{Script=Latin}+$/u.test(dense) && !isLaughter(dense)) {
    return {
      kind: 'gibberish',
      strength: 0.95,
      reason: `repeats ${quote([...different].join(''))} ${characters.length} times`,
    };
  }
  const letters = dense.match(/[\p{L}\p{N}\p{M}]/gu)?.length ?? 0;
  const share = letters / Math.max(1, characters.length);
  return characters.length >= 8 && share < 0.35 && !/\p{Extended_Pictographic}/u.test(dense) && letters < 12
    ? { kind: 'gibberish', strength: 0.9, reason: `only ${percent(share, 0)} of its characters are letters or figures` }
    : null;
}

/** Web addresses, mail addresses and paths are no words. */
function withoutAddresses(text: string): string {
  return text
    .split(/\s+/u)
    .filter((token) => !/:\/\/|.@.|[\\/_=].*[\\/_=]/u.test(token))
    .join(' ');
}

/** What is written in capitals, in lower case: abbreviations and codes, where the text has other words too. */
function abbreviationsOf(text: string): ReadonlySet<string> {
  return new Set(text.match(/\p{Lu}{2,}/gu)?.map((found) => found.toLowerCase()));
}

/** A run along a row of keys, or a short piece of one over and over. */
function isKeyboardRun(word: string): boolean {
  const plain = plainLetters(word);
  if (plain.length < 4) return false;
  if (strokes.test(plain) && longestRowRun(plain) >= 4) return true;
  return longestRowRun(plain) >= Math.max(5, plain.length * 0.6);
}

/** One letter four times and more, and no other: "hellooo" is a word. */
function isRepeated(word: string): boolean {
  return /^(.)\1{3,}$/u.test(word);
}

/** Consonants that many languages write with two letters or three, or that stand side by side in their words. */
const clusters = /sch|ch|ck|tz|pf|st|th|ng|ph|sz|cz|rz|ij/g;

/** Of computing, as they are written in lower case. */
const abbreviations = new Set('https xhtml smtps ftps imaps xlsx xlsm dhcp mpls mysql nginx rsync'.split(' '));

/** Hardly a vowel, and five consonants in a row that no compound has: "Rechtsschutz" has "ch", "t", "s" and "sch". */
function isMash(word: string): boolean {
  const plain = plainLetters(word);
  if (abbreviations.has(plain)) return false;
  if (hasNoVowel(plain, 5) && !/[lr]/.test(plain)) return true;
  if (!/^[a-z]{5,}$/.test(plain)) return false;
  const vowels = plain.match(/[aeiouy]/g)?.length ?? 0;
  return vowels / plain.length < 0.25 && /[bcdfghjklmnpqrstvwxz1]{5}/.test(plain.replace(clusters, '1'));
}

/** Consonants alone. Words of Slavic languages are at times: "zmrzl", "ctvrt". */
function hasNoVowel(word: string, fewest: number): boolean {
  const plain = plainLetters(word);
  return plain.length >= fewest && /^[bcdfghjklmnpqrstvwxz]+$/.test(plain) && !isRepeated(plain);
}

function plainLetters(word: string): string {
  return word.normalize('NFD').replace(/\p{M}/gu, '');
}

function longestRowRun(word: string): number {
  let best = 0;
  for (const row of keyboardRows) {
    for (const keys of [row, [...row].reverse().join('')]) {
      for (let from = 0; from < word.length; from += 1) {
        let to = from + 1;
        while (to < word.length && keys.includes(word.slice(from, to + 1))) to += 1;
        best = Math.max(best, to - from);
      }
    }
  }
  return best;
}

function lengthOf(words: readonly string[]): number {
  return words.reduce((sum, word) => sum + word.length, 0);
}
