import type { Output } from '../../domain/base/output.ts';
import type { PlaceAgreement } from '../../domain/base/task-kind.ts';
import { type Entity, entitiesOf } from './entity.ts';
import { overlaps } from './span-errors.ts';

/**
 * How far the places of two sets of entities agree, whatever their types: `nervaluate`'s partial matches. In the order of
 * the text each answered entity goes with the first right one at its very place, else with the first that it overlaps;
 * a right entity goes with one alone.
 */
export function entityPlaces(expected: Output, answer: Output | null): PlaceAgreement {
  const wanted = inOrder(entitiesOf(expected));
  const given = inOrder(entitiesOf(answer));
  const open = new Set(wanted);
  let same = 0;
  let overlapping = 0;
  for (const entity of given) {
    const near = [...open].filter((other) => overlaps(entity, other));
    const exact = near.find(({ start, end }) => start === entity.start && end === entity.end);
    const match = exact ?? near[0];
    if (match === undefined) continue;
    open.delete(match);
    if (exact === undefined) overlapping += 1;
    else same += 1;
  }
  return { same, overlapping, expected: wanted.length, answered: given.length };
}

function inOrder(entities: readonly Entity[]): readonly Entity[] {
  return [...entities].sort((a, b) => a.start - b.start || a.end - b.end);
}
