import { spokenWords } from '../base/text.ts';
import type { CorpusProfile } from './corpus-profile.ts';
import type { DetectorName } from './detector-name.ts';
import { type Finding, quote } from './finding.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Fewer distinct inputs than this do not show which words are common. */
const enoughTexts = 100;
/** A word is known to the traffic from this many inputs on. */
const known = 3;
/** A slip is believed when the word meant is this many times as frequent. */
const timesCommoner = 10;

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
  for (const written of new Set(spokenWords(text))) {
    if (written.length < 3 || vocabulary.frequency(written) >= known) continue;
    const meant = ocrReadings(written).find((reading) => vocabulary.isCommon(reading));
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
  for (const written of new Set(spokenWords(text))) {
    const frequency = vocabulary.frequency(written);
    if (written.length < 4 || frequency >= known || /[\p{N}']/u.test(written)) continue;
    const meant = meaningOf(written);
    if (meant === null || isInflection(written, meant)) continue;
    if (vocabulary.frequency(meant) >= timesCommoner * Math.max(1, frequency)) found.push({ written, meant });
  }
  return found;
}

function soundAlike(word: string, vocabulary: Vocabulary): string | null {
  if (word.length < 5) return null;
  const meant = vocabulary.soundsLike(word);
  if (meant === null || meant.length < 5 || meant[0] !== word[0]) return null;
  return Math.abs(meant.length - word.length) <= 2 ? meant : null;
}

function isInflection(a: string, b: string): boolean {
  const [shorter, longer] = a.length <= b.length ? [a, b] : [b, a];
  let at = 0;
  while (at < shorter.length && shorter[at] === longer[at]) at += 1;
  return at >= shorter.length - 1 && at >= 2;
}

function ocrReadings(word: string): string[] {
  const readings: string[] = [];
  if (/\p{N}/u.test(word) && /\p{L}/u.test(word)) {
    const letters = word.replace(/0/g, 'o').replace(/5/g, 's').replace(/8/g, 'b').replace(/3/g, 'e').replace(/6/g, 'g');
    readings.push(letters.replace(/1/g, 'l'), letters.replace(/1/g, 'i'), letters.replace(/1/g, 't'));
  }
  for (const [from, to] of [
    ['rn', 'm'],
    ['vv', 'w'],
    ['cl', 'd'],
    ['ii', 'u'],
    ['nn', 'm'],
  ] as const) {
    if (word.includes(from)) readings.push(word.replaceAll(from, to));
  }
  return readings;
}

function report(kind: DetectorName, what: string, found: readonly Slip[]): Finding | null {
  if (found.length === 0) return null;
  const shown = found.slice(0, 3).map(({ written, meant }) => `${quote(written)} for ${quote(meant)}`);
  return { kind, strength: Math.min(1, 0.6 + 0.15 * found.length), reason: `${what}: ${shown.join(', ')}` };
}
