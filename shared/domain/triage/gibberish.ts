import { spokenWords } from '../base/text.ts';
import { percent } from '../base/wording.ts';
import type { CorpusProfile } from './corpus-profile.ts';
import { type Finding, quote } from './finding.ts';

/** Fewer distinct inputs than this say too little of how words look. */
const enoughTexts = 100;
/** Fewer distinct words than this leave most ordinary words unlikely. */
const enoughWords = 1_000;
/**
 * How far below the median of the traffic's own words the mean word must lie, in spreads (median to 1st percentile).
 */
const farBelow = 1.1;

const keyboardRows = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm', 'qwertzuiop', 'azertyuiop', 'qsdfghjklm', '1234567890'];

/**
 * Text that is no language: keyboard runs and mash, one character over and over, signs only, or words whose character
 * trigrams are far less likely than those of the traffic's own words (and which the traffic does not have otherwise).
 * Silent about scripts that the traffic does not use: that is another language, not noise.
 */
export function detectGibberish(text: string, profile: CorpusProfile): Finding | null {
  const signs = signsOnly(text);
  if (signs !== null) return signs;
  const words = spokenWords(text).filter((word) => !/^\p{N}+$/u.test(word));
  const letters = words.reduce((sum, word) => sum + word.length, 0);
  if (letters < 4) return null;

  const strange = words.filter((word) => word.length >= 3 && (profile.documentFrequency.get(word) ?? 0) <= 2);
  const strangeShare = lengthOf(strange) / letters;
  if (strangeShare < 0.6) return null;
  const mash = strange.filter(isMash);
  const mashed = lengthOf(mash) / letters;
  if (mashed >= 0.6)
    return {
      kind: 'gibberish',
      strength: 0.95,
      reason: `${percent(mashed, 0)} of its letters are keyboard mash: ${quote(mash.join(' '))}`,
    };

  if (profile.texts < enoughTexts || profile.documentFrequency.size < enoughWords) return null;
  if (strangeShare < 0.75 || strange.some((word) => profile.characters.isForeign(word))) return null;
  const { median, low } = profile.wordLikelihood;
  const mean =
    strange.reduce((sum, word) => sum + word.length * profile.characters.logLikelihood(word), 0) / lengthOf(strange);
  const below = (median - mean) / Math.max(0.1, median - low);
  if (below < farBelow) return null;
  return {
    kind: 'gibberish',
    strength: Math.min(1, below / (2 * farBelow) + 0.4),
    reason: `${percent(strangeShare, 0)} of its letters are in words unknown to the traffic, with ${mean.toFixed(1)} log likelihood a character against a usual ${median.toFixed(1)}`,
  };
}

function signsOnly(text: string): Finding | null {
  const dense = text.replace(/\s/gu, '');
  const characters = [...dense];
  if (characters.length >= 6 && new Set(characters).size <= 2 && /\p{L}/u.test(dense)) {
    return {
      kind: 'gibberish',
      strength: 0.95,
      reason: `repeats ${quote([...new Set(characters)].join(''))} ${characters.length} times`,
    };
  }
  const letters = dense.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
  const share = letters / Math.max(1, characters.length);
  return characters.length >= 8 && share < 0.35 && !/\p{Extended_Pictographic}/u.test(dense) && letters < 12
    ? { kind: 'gibberish', strength: 0.9, reason: `only ${percent(share, 0)} of its characters are letters or figures` }
    : null;
}

/** A run along a row of keys, five consonants in a row and hardly a vowel, a short piece over and over. */
function isMash(word: string): boolean {
  const plain = word.normalize('NFD').replace(/\p{M}/gu, '');
  if (/(.)\1{3,}/u.test(plain) || /(.{2,4})\1{2,}/u.test(plain)) return true;
  if (longestRowRun(plain) >= Math.max(4, plain.length * 0.6)) return true;
  if (!/^[a-z]+$/.test(plain) || plain.length < 5) return false;
  const vowels = plain.match(/[aeiouy]/g)?.length ?? 0;
  return (
    /[bcdfghjklmnpqrstvwxz]{6,}/.test(plain) ||
    vowels === 0 ||
    (/[bcdfghjklmnpqrstvwxz]{5,}/.test(plain) && vowels / plain.length < 0.25)
  );
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
