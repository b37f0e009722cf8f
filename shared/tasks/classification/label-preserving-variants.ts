import { digest } from '../../domain/base/ids.ts';
import { normalisedText } from '../../domain/base/text.ts';

/** A variant of a text that surely keeps its label. */
export interface Variant {
  readonly method: string;
  readonly input: string;
}

const openings = ['hi, ', 'hello, ', 'ok so ', 'hey, '];

/**
 * Variants that keep the label by construction: surface noise that people type, never a change of words. Distinct from
 * the input and each other as {@link normalisedText} has them; fewer than `count` when the text allows no more.
 * Deterministic.
 */
export function labelPreservingVariants(input: string, count: number): Variant[] {
  const text = input.trim();
  const seed = Number.parseInt(digest(text).slice(0, 8), 16);
  const made: Variant[] = [];
  const typo = swapLetters(text, seed);
  if (typo !== null) made.push({ method: 'typo', input: typo });
  // An opening in English belongs only before what may be English.
  if (/^\p{ASCII}*$/iu.test(text) && /[a-z]/iu.test(text)) {
    made.push({ method: 'opening', input: (openings[seed % openings.length] ?? '') + text });
  }
  const second = swapLetters(typo ?? text, seed + 1);
  if (second !== null && !same(second, text)) made.push({ method: 'typo', input: second });
  return made.slice(0, count);
}

/** Nobody mistypes a word of more letters, and looking through one would cost the square of them. */
const longestWord = 60;

/** Swaps two neighbouring letters inside one of the text's long words; null when it has none. */
function swapLetters(text: string, seed: number): string | null {
  const words = [...text.matchAll(/\p{L}{5,}/gu)].filter(
    ([word]) => word.length <= longestWord && word.length === [...word].length,
  );
  const match = words[seed % Math.max(1, words.length)];
  if (match === undefined) return null;
  const word = match[0];
  for (let step = 0; step < word.length - 3; step += 1) {
    const at = 1 + ((seed + step) % (word.length - 3));
    const swapped = word.slice(0, at) + word.charAt(at + 1) + word.charAt(at) + word.slice(at + 2);
    if (!same(swapped, word)) return text.slice(0, match.index) + swapped + text.slice(match.index + word.length);
  }
  return null;
}

function same(a: string, b: string): boolean {
  return normalisedText(a) === normalisedText(b);
}
