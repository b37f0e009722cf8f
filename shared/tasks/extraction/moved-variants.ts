import { digest } from '../../domain/base/ids.ts';
import type { Output } from '../../domain/base/output.ts';
import type { Variant } from '../../domain/base/task-kind.ts';
import { normalisedText } from '../../domain/base/text.ts';
import { type Entity, entitiesOf, entitiesOutput } from './entity.ts';

const openings = ['hi, ', 'hello, ', 'ok so ', 'hey, '];

/**
 * Variants of a text whose entities stay true: typing errors outside of them, and an opening that moves them. Distinct
 * from the input and one another as {@link normalisedText} has them; fewer than `count` when the text allows no more.
 * Deterministic.
 */
export function movedVariants(input: string, output: Output, count: number): Variant[] {
  const entities = entitiesOf(output);
  const seed = Number.parseInt(digest(input).slice(0, 8), 16);
  const made: Variant[] = [];
  const typo = swapOutside(input, entities, seed);
  if (typo !== null) made.push({ method: 'typo', input: typo, output });
  // An opening in English belongs only before what may be English.
  if (/^\p{ASCII}*$/u.test(input) && /[a-z]/iu.test(input)) {
    const opening = openings[seed % openings.length] ?? '';
    made.push({ method: 'opening', input: opening + input, output: moved(entities, opening.length) });
  }
  const second = swapOutside(typo ?? input, entities, seed + 1);
  if (second !== null && normalisedText(second) !== normalisedText(input)) {
    made.push({ method: 'typo', input: second, output });
  }
  return made.slice(0, count);
}

function moved(entities: readonly Entity[], by: number): Output {
  return entitiesOutput(entities.map((entity) => ({ ...entity, start: entity.start + by, end: entity.end + by })));
}

/** Swaps two neighbouring letters inside a long word that no entity touches; null when there is none. */
function swapOutside(text: string, entities: readonly Entity[], seed: number): string | null {
  const words = [...text.matchAll(/\p{L}{5,}/gu)].filter(
    ({ 0: word, index }) =>
      word.length === [...word].length &&
      entities.every(({ start, end }) => end <= index || start >= index + word.length),
  );
  const match = words[seed % Math.max(1, words.length)];
  if (match === undefined) return null;
  const word = match[0];
  for (let step = 0; step < word.length - 3; step += 1) {
    const at = 1 + ((seed + step) % (word.length - 3));
    const swapped = word.slice(0, at) + word.charAt(at + 1) + word.charAt(at) + word.slice(at + 2);
    if (normalisedText(swapped) !== normalisedText(word)) {
      return text.slice(0, match.index) + swapped + text.slice(match.index + word.length);
    }
  }
  return null;
}
