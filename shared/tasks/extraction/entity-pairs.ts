import type { Output } from '../../domain/base/output.ts';
import type { FacetPair } from '../../domain/base/task-kind.ts';
import { entitiesOf, entityKey } from './entity.ts';
import { spanErrors } from './span-errors.ts';

/**
 * The types of the right entities of a text beside those that were answered there: each right entity once with itself,
 * and each error of {@link spanErrors} once. Both types are the same and it is not right where an entity has its type and
 * other bounds.
 */
export function entityPairs(expected: Output, answer: Output | null): FacetPair[] {
  const wanted = entitiesOf(expected);
  const given = entitiesOf(answer);
  const keys = new Set(given.map(entityKey));
  const found = new Map(wanted.filter((entity) => keys.has(entityKey(entity))).map((one) => [entityKey(one), one]));
  return [
    ...[...found.values()].map(({ label }): FacetPair => ({ expected: label, answered: label, right: true })),
    ...spanErrors(wanted, given).map(
      (error): FacetPair => ({
        expected: error.expected?.label ?? null,
        answered: error.answered?.label ?? null,
        right: false,
      }),
    ),
  ];
}
