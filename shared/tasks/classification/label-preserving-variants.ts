import { digest } from '../../domain/base/ids.ts';
import { swapLetters } from '../../domain/base/swap-letters.ts';
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

function same(a: string, b: string): boolean {
  return normalisedText(a) === normalisedText(b);
}
