import { type CorpusProfile, isEnglish, knownFrom } from './corpus-profile.ts';
import type { DetectorName } from './detector-name.ts';
import { type Finding, quote } from './finding.ts';
import { wordsOf } from './readable.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Fewer distinct inputs than this do not show which words are common. */
const enoughTexts = 100;
/** Shorter words are too near to each other. */
const shortestSlip = 5;
/** A slip is believed when the word meant is this many times as frequent. */
const timesCommoner = 10;

/** Scripts of whose words this much is known: letters follow each other, and marks are none of their own. */
const alphabetic = /^[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}]+$/u;

/** A pair of readings: the word as written and the common word it stands for. */
interface Slip {
  readonly written: string;
  readonly meant: string;
}

/** Words unknown to the traffic, one slip of the hand away from common ones. Ordinary inflections do not count. */
export function detectTypos(text: string, profile: CorpusProfile, vocabulary: Vocabulary): Finding | null {
  return report(
    'typos',
    'has words one slip away from common ones',
    slips(text, profile, vocabulary, (word) => vocabulary.oneEditAway(word)),
  );
}

/** Words unknown to the traffic, written as a common one sounds. */
export function detectPhonetic(text: string, profile: CorpusProfile, vocabulary: Vocabulary): Finding | null {
  return report(
    'phonetic-misspelling',
    'has words written as common ones sound',
    slips(text, profile, vocabulary, (word) => soundAlike(word, vocabulary)),
  );
}

/** Words that become common ones when figures are read as the letters they look like, or "rn" as "m". */
export function detectOcr(text: string, profile: CorpusProfile, vocabulary: Vocabulary): Finding | null {
  if (profile.texts < enoughTexts) return null;
  const found: Slip[] = [];
  for (const written of new Set(wordsOf(text))) {
    if (vocabulary.frequency(written) >= knownFrom) continue;
    const readings = isEnglish(text, profile) ? ocrReadings(written) : figuresAsLetters(written);
    const meant = readings.find((reading) => vocabulary.isCommon(reading));
    if (meant !== undefined) found.push({ written, meant });
  }
  return report('ocr', 'has letters confused as by text recognition', found);
}

function slips(
  text: string,
  profile: CorpusProfile,
  vocabulary: Vocabulary,
  meaningOf: (word: string) => string | null,
): Slip[] {
  if (profile.texts < enoughTexts) return [];
  const found: Slip[] = [];
  for (const written of new Set(wordsOf(text))) {
    const frequency = vocabulary.frequency(written);
    if (written.length < shortestSlip || frequency >= knownFrom || !alphabetic.test(written)) continue;
    const meant = meaningOf(written);
    if (meant === null || areForms(written, meant, () => isEnglish(text, profile))) continue;
    if (vocabulary.frequency(meant) >= timesCommoner * Math.max(1, frequency)) found.push({ written, meant });
  }
  return found;
}

function soundAlike(word: string, vocabulary: Vocabulary): string | null {
  const meant = vocabulary.soundsLike(word);
  if (meant === null || meant.length < shortestSlip) return null;
  return Math.abs(meant.length - word.length) <= 2 ? meant : null;
}

/**
 * Whether two words one edit apart may both be right: they differ in their first letter, in marks alone ("mochte",
 * "möchte"), or near the end, as forms of one word do. Two neighbouring letters in turn are a slip wherever they stand,
 * but for "ie" and "ei" in other languages than English: they tell German verbs apart.
 */
function areForms(a: string, b: string, isEnglishText: () => boolean): boolean {
  if (a[0] !== b[0] || withoutMarks(a) === withoutMarks(b)) return true;
  let prefix = 0;
  while (a[prefix] === b[prefix]) prefix += 1;
  const rest = Math.min(a.length, b.length) - prefix;
  let suffix = 0;
  while (suffix < rest && a.at(-1 - suffix) === b.at(-1 - suffix)) suffix += 1;
  const isTransposed = a.length === b.length && rest - suffix === 2;
  if (isTransposed) return ['ie', 'ei'].includes(a.slice(prefix, prefix + 2)) && !isEnglishText();
  return prefix >= 2 && suffix <= 2;
}

function withoutMarks(word: string): string {
  return word.normalize('NFD').replace(/\p{M}/gu, '');
}

/** Of a word that is letters for the better part and begins with one: codes have more figures. */
function figuresAsLetters(word: string): string[] {
  const figures = word.match(/\p{N}/gu)?.length ?? 0;
  if (figures * 2 >= word.length || !/^[\p{L}01]/u.test(word)) return [];
  const letters = word.replace(/0/g, 'o').replace(/5/g, 's').replace(/8/g, 'b').replace(/3/g, 'e').replace(/6/g, 'g');
  return [letters.replace(/1/g, 'l'), letters.replace(/1/g, 'i'), letters.replace(/1/g, 't')];
}

function ocrReadings(word: string): string[] {
  const readings = figuresAsLetters(word);
  for (const [from, to] of [
    ['rn', 'm'],
    ['vv', 'w'],
    ['cl', 'd'],
    ['ii', 'u'],
    ['nn', 'm'],
  ] as const) {
    // "rnorning" has two of them, and one is right as it stands.
    for (let at = word.indexOf(from); at !== -1; at = word.indexOf(from, at + 1))
      readings.push(word.slice(0, at) + to + word.slice(at + from.length));
    readings.push(word.replaceAll(from, to));
  }
  return readings;
}

function report(kind: DetectorName, what: string, found: readonly Slip[]): Finding | null {
  if (found.length === 0) return null;
  const shown = found.slice(0, 3).map(({ written, meant }) => `${quote(written)} for ${quote(meant)}`);
  return { kind, strength: Math.min(1, 0.6 + 0.15 * found.length), reason: `${what}: ${shown.join(', ')}` };
}
