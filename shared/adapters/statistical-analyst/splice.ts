import type { RandomStream } from '../../ports/random.ts';

/** Inputs of one label, one after the other: what each asks for, the whole asks for. */
export function joined(inputs: readonly string[]): string {
  return inputs
    .map((input, at) => (at < inputs.length - 1 && !/[.!?]\s*$/.test(input) ? `${input.trimEnd()}.` : input))
    .join(' ');
}

const plainWord = /^[\p{L}\p{N}'’]+$/u;

/**
 * A passing input's text with one or two of the cluster's words in it: in the place of its least telling word, and
 * beside one, so that the words its label goes by stay. Null when it holds all of these words already.
 */
export function withClusterWords(input: string, words: readonly string[], random: RandomStream): string | null {
  const present = new Set(input.toLowerCase().split(/[^\p{L}\p{N}]+/u));
  const missing = words.filter((word) => !present.has(word));
  if (missing.length === 0) return null;
  const parts = input.split(/(\s+)/);
  const places = parts.flatMap((part, at) => (plainWord.test(part) ? [at] : []));
  const chosen = random.shuffle(missing).slice(0, 1 + random.below(2));
  const at = places[random.below(Math.max(1, places.length))];
  if (at === undefined) return `${input} ${chosen.join(' ')}`;
  return parts.with(at, `${parts[at] ?? ''} ${chosen.join(' ')}`).join('');
}
