import { digest } from '../../domain/base/ids.ts';
import type { Output } from '../../domain/base/output.ts';
import { swapLetters } from '../../domain/base/swap-letters.ts';
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

/** As {@link swapLetters} does, in a word that no entity touches. */
function swapOutside(text: string, entities: readonly Entity[], seed: number): string | null {
  return swapLetters(text, seed, (from, to) => entities.every(({ start, end }) => end <= from || start >= to));
}
