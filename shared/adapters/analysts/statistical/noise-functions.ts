import type { RandomStream } from '../../../ports/random.ts';

/** Makes a text noisy without touching what it means. */
export type NoiseFunction = (text: string, random: RandomStream) => string;

function pick<T>(items: readonly T[], random: RandomStream, fallback: T): T {
  return items[random.below(items.length)] ?? fallback;
}

/** Changes about one word in four of four letters or more, at least one where there is one. */
function changeWords(text: string, random: RandomStream, change: (word: string) => string): string {
  const parts = text.split(/(\s+)/);
  const long = parts.flatMap((part, at) => (/^\p{L}{4,}/u.test(part) ? [at] : []));
  const chosen = new Set(random.shuffle(long).slice(0, Math.max(1, Math.round(long.length / 4))));
  return parts.map((part, at) => (chosen.has(at) ? change(part) : part)).join('');
}

function typo(word: string, random: RandomStream): string {
  const at = 1 + random.below(Math.max(1, word.length - 2));
  const letter = word[at] ?? '';
  switch (random.below(3)) {
    case 0:
      return word.slice(0, at) + (word[at + 1] ?? '') + letter + word.slice(at + 2);
    case 1:
      return word.slice(0, at) + word.slice(at + 1);
    default:
      return word.slice(0, at) + letter + word.slice(at);
  }
}

const phonetic: readonly (readonly [RegExp, string])[] = [
  [/ph/i, 'f'],
  [/ck/i, 'k'],
  [/tion/i, 'shun'],
  [/ight/i, 'ite'],
  [/ea/i, 'ee'],
  [/c(?=[aou])/i, 'k'],
  [/[aeiou](?=[^aeiou]*$)/i, 'e'],
];

function misspell(word: string): string {
  const rule = phonetic.find(([sound]) => sound.test(word));
  return rule === undefined ? word : word.replace(rule[0], rule[1]);
}

const confusables: Readonly<Record<string, string>> = { o: '0', l: '1', i: '1', s: '5', b: '6', m: 'rn' };
const abbreviations: Readonly<Record<string, string>> = {
  you: 'u',
  are: 'r',
  please: 'pls',
  your: 'ur',
  for: '4',
  to: '2',
  thanks: 'thx',
  what: 'wat',
  because: 'cuz',
  tomorrow: 'tmrw',
  message: 'msg',
};
const preambles = [
  'Hi there, hope you are doing well.',
  'Hello, quick question:',
  'Good morning! I was wondering about something.',
  'Sorry to bother you again, but',
];
const formats = ['Answer in one word.', 'Reply as JSON.', 'Keep the answer short.', 'Please answer in bullet points.'];

const functions: Readonly<Record<string, NoiseFunction>> = {
  typos: (text, random) => changeWords(text, random, (word) => typo(word, random)),
  misspelling: (text, random) => changeWords(text, random, misspell),
  casing: (text, random) =>
    random.below(2) === 0
      ? text.toUpperCase()
      : [...text].map((letter) => (random.below(2) === 0 ? letter.toUpperCase() : letter.toLowerCase())).join(''),
  html: (text, random) =>
    pick(
      [`<p>${text}</p>`, `<div class="msg">${text}<br/></div>`, `${text.replaceAll(' ', '&nbsp;')}<br>`],
      random,
      text,
    ),
  preamble: (text, random) => `${pick(preambles, random, '')} ${text}`,
  format: (text, random) => `${text} ${pick(formats, random, '')}`,
  punctuation: (text, random) =>
    text.replaceAll(/\s+/g, (space) => pick([space, '... ', '!! ', ', '], random, space)) +
    pick(['!!!', '???', '...'], random, '!!!'),
  duplication: (text) => `${text} ${text}`,
  ocr: (text, random) =>
    text.replaceAll(/[olisbm]/g, (letter) => (random.below(3) === 0 ? (confusables[letter] ?? letter) : letter)),
  abbreviation: (text) => text.replaceAll(/\p{L}+/gu, (word) => abbreviations[word.toLowerCase()] ?? word),
  syntax: (text, random) => {
    const words = text.split(/\s+/);
    const at = random.below(Math.max(1, words.length - 1));
    return words
      .toSpliced(at, 2, words[at + 1] ?? '', words[at] ?? '')
      .join(' ')
      .trim();
  },
};

const kinds: readonly (readonly [RegExp, string])[] = [
  [/typo/, 'typos'],
  [/spell|phonetic/, 'misspelling'],
  [/cas(?:e|ing)|capital/, 'casing'],
  [/html|markup|tag/, 'html'],
  [/preamble|greeting/, 'preamble'],
  [/format/, 'format'],
  [/punct/, 'punctuation'],
  [/duplic|repeat|repet/, 'duplication'],
  [/ocr|confus|utf|unicode|encoding/, 'ocr'],
  [/abbrev|slang/, 'abbreviation'],
  [/syntax|grammar|order/, 'syntax'],
];

/**
 * The noise function for a kind of noise as triage names it; by turns all that keep the words readable where the kind
 * is not one of them.
 * @returns its name, for a probe's `method`, and itself
 */
export function noiseFunction(kind: string, turn: number): { name: string; apply: NoiseFunction } {
  const known = kinds.find(([pattern]) => pattern.test(kind))?.[1];
  const mixed = ['typos', 'misspelling', 'casing', 'punctuation'];
  const name = known ?? mixed[turn % mixed.length] ?? 'typos';
  return { name, apply: functions[name] ?? ((text) => text) };
}
