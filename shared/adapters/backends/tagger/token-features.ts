import type { Token } from './tokens.ts';

/** Raise it whenever a feature changes its meaning: artifacts name it. */
export const featureVersion = 1;

const longestAffix = 4;
const gramLength = 3;
const mostGrams = 30;

/** What is known of a token by itself. */
interface Word {
  readonly text: string;
  readonly lower: Hash;
  readonly shape: Hash;
  readonly kind: number;
}

interface Hash {
  readonly low: number;
  readonly high: number;
}

/** Templates of features; the number is part of the hash, so it never changes. */
const template = {
  bias: 1,
  first: 2,
  last: 3,
  exact: 4,
  lower: 10,
  shape: 20,
  kind: 30,
  pairBefore: 40,
  pairAfter: 41,
  around: 42,
  shapeBefore: 43,
  shapeAfter: 44,
  shapeTriple: 45,
  prefix: 50,
  suffix: 60,
  gram: 70,
  suffixBefore: 71,
  suffixAfter: 72,
  chunk: 80,
  chunkShape: 81,
  joined: 82,
  length: 90,
  lexicon: 100,
} as const;

const boundary: Word = {
  text: '',
  lower: { low: 0x1234567, high: 0x89abcd },
  shape: { low: 0x7654321, high: 0xdcba98 },
  kind: 0,
};

/**
 * The features of each token of a text: the words around it, its affixes and pieces, its shape, the run of characters
 * between white space that it stands in, and what the lexicon says of it.
 * @param take called for each feature with the position of its token
 * @param ended called once the features are told that give away which word a token is; the others follow
 * @param lexicon marks of known entity surfaces by token, each a number; empty where there are none
 */
export function readFeatures(
  text: string,
  tokens: readonly Token[],
  lexicon: readonly (readonly number[])[],
  take: (token: number, low: number, high: number) => void,
  ended: (token: number) => void = () => undefined,
): void {
  const words = tokens.map(({ start, end }) => wordOf(text.slice(start, end)));
  const chunks = chunksOf(text, tokens);
  const at = (position: number): Word => words[position] ?? boundary;
  words.forEach((word, position) => {
    const add = (name: number, ...hashes: readonly Hash[]): void => {
      let low = Math.imul(name, 0x9e3779b1);
      let high = Math.imul(name ^ 0x5bd1e995, 0x85ebca6b);
      for (const hash of hashes) {
        low = Math.imul(low ^ hash.low, 0x01000193) ^ (low >>> 15);
        high = Math.imul(high ^ hash.high, 0x5bd1e995) ^ (high >>> 13);
      }
      low = Math.imul(low ^ (low >>> 16), 0x85ebca6b);
      take(position, low ^ (low >>> 13), high);
    };
    const before = at(position - 1);
    const after = at(position + 1);
    const lower = word.text.toLowerCase();
    const chunk = chunks[position] ?? word.text;

    // What tells this very word comes first.
    add(template.exact, hashOf(word.text));
    add(template.lower, word.lower);
    add(template.pairBefore, before.lower, word.lower);
    add(template.pairAfter, word.lower, after.lower);
    for (let from = 0; from + gramLength <= lower.length && from < mostGrams; from++) {
      add(template.gram, hashOf(lower.slice(from, from + gramLength)));
    }
    if (lower.length > longestAffix) {
      add(template.prefix + longestAffix, hashOf(lower.slice(0, longestAffix)));
      add(template.suffix + longestAffix, hashOf(lower.slice(-longestAffix)));
    }
    if (chunk !== word.text) add(template.chunk, hashOf(chunk.toLowerCase()));
    for (const mark of lexicon[position] ?? []) {
      add(template.lexicon, numberHash(mark));
      add(template.lexicon + 1, numberHash(mark), word.shape);
    }
    ended(position);

    add(template.bias);
    if (position === 0) add(template.first);
    if (position === words.length - 1) add(template.last);
    for (let offset = -2; offset <= 2; offset++) {
      const other = at(position + offset);
      if (offset !== 0) add(template.lower + offset, other.lower);
      if (Math.abs(offset) < 2) {
        add(template.shape + offset, other.shape);
        add(template.kind + offset, numberHash(other.kind));
      }
    }
    add(template.around, before.lower, after.lower);
    add(template.shapeBefore, before.shape, word.shape);
    add(template.shapeAfter, word.shape, after.shape);
    add(template.shapeTriple, before.shape, word.shape, after.shape);
    for (let length = 1; length < longestAffix && length < lower.length; length++) {
      add(template.prefix + length, hashOf(lower.slice(0, length)));
      add(template.suffix + length, hashOf(lower.slice(-length)));
    }
    if (before.text.length > 3) add(template.suffixBefore, hashOf(before.text.slice(-3).toLowerCase()));
    if (after.text.length > 3) add(template.suffixAfter, hashOf(after.text.slice(-3).toLowerCase()));
    if (chunk !== word.text) add(template.chunkShape, hashOf(shapeOf(chunk)), word.shape);
    if (!(tokens[position]?.spaced ?? true)) add(template.joined);
    add(template.length, numberHash(Math.min(12, word.text.length)));
  });
}

function wordOf(text: string): Word {
  return { text, lower: hashOf(text.toLowerCase()), shape: hashOf(shapeOf(text)), kind: kindOf(text) };
}

/** The run of characters between white space that each token stands in. */
function chunksOf(text: string, tokens: readonly Token[]): string[] {
  const chunks: string[] = [];
  for (let from = 0; from < tokens.length; ) {
    let to = from + 1;
    while (to < tokens.length && !(tokens[to]?.spaced ?? true)) to++;
    const chunk = text.slice(tokens[from]?.start, Math.min(tokens[to - 1]?.end ?? 0, (tokens[from]?.start ?? 0) + 60));
    for (; from < to; from++) chunks.push(chunk);
  }
  return chunks;
}

/** `Xx` for `Paris`, `XX` for `USA`, `d` for figures: runs of one sort are shortened to two. */
function shapeOf(text: string): string {
  let shape = '';
  let run = '';
  for (const character of text) {
    const sort = /\p{Lu}/u.test(character)
      ? 'X'
      : /\p{L}/u.test(character)
        ? 'x'
        : /\p{N}/u.test(character)
          ? 'd'
          : character;
    if (sort !== run[0]) run = sort;
    else if (run.length < 2) run += sort;
    else continue;
    shape += sort;
    if (shape.length >= 10) break;
  }
  return shape;
}

function kindOf(text: string): number {
  if (/^\p{N}+$/u.test(text)) return text.length === 4 ? 1 : 2;
  if (/^\p{Lu}$/u.test(text)) return 3;
  if (/^\p{Lu}+$/u.test(text)) return 4;
  if (/^\p{Lu}/u.test(text)) return /\p{Lu}/u.test(text.slice(1)) ? 5 : 6;
  if (/^\p{L}/u.test(text)) return /\p{Lu}/u.test(text) ? 7 : 8;
  return 9;
}

function numberHash(value: number): Hash {
  return { low: Math.imul(value + 1, 0x2545f491), high: Math.imul(value + 7, 0x6c078965) };
}

function hashOf(text: string): Hash {
  let low = 0x811c9dc5;
  let high = 0x7f4a7c15;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit, 0x5bd1e995) ^ (high >>> 13);
  }
  return { low: low ^ text.length, high };
}
