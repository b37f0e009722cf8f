import type { Output } from '../../domain/base/output.ts';
import { placeAfter, type Replacement, replaced } from '../../domain/base/replacement.ts';
import { type Entity, entitiesOf, entitiesOutput } from './entity.ts';
import { overlaps } from './span-errors.ts';

/**
 * Entities where they stand once pieces of their text are replaced, with what stands there then. Null where a piece covers
 * only an end of one, or where two that were apart fall on one piece.
 */
export function movedEntities(output: Output, input: string, replacements: readonly Replacement[]): Output | null {
  if (replacements.length === 0) return output;
  const before = entitiesOf(output);
  const now = replaced(input, replacements);
  const moved: Entity[] = [];
  for (const entity of before) {
    const place = placeAfter(entity, replacements);
    if (place === null) return null;
    const text = entity.text === undefined ? {} : { text: now.slice(place.start, place.end) };
    moved.push({ ...entity, ...place, ...text });
  }
  return haveMet(before, moved) ? null : entitiesOutput(moved);
}

/** Whether two overlap that did not before. Both lists are in one order. */
function haveMet(before: readonly Entity[], moved: readonly Entity[]): boolean {
  const pairs = before.map((entity, index) => ({ was: entity, is: moved[index] ?? entity }));
  return pairs.some((one, index) =>
    pairs.slice(0, index).some((other) => overlaps(one.is, other.is) && !overlaps(one.was, other.was)),
  );
}
