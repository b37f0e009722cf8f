import { expect, test } from 'vitest';
import type { Output } from '../../../shared/domain/base/output.ts';
import type { TaskKind } from '../../../shared/domain/base/task-kind.ts';
import { weakestFacets } from '../../../shared/operations/weakest-facets.ts';
import { classification } from '../../../shared/tasks/classification/classification.ts';
import { labelOutput } from '../../../shared/tasks/classification/label.ts';
import { extraction } from '../../../shared/tasks/extraction/extraction.ts';

const graded = (kind: TaskKind, pairs: readonly (readonly [Output, Output])[]) =>
  pairs.map(([expected, answer]) => ({ expected, grade: kind.grade(expected, answer) }));
const entities = (...found: readonly (readonly [string, number, number])[]) =>
  extraction.output.parse(found.map(([label, start, end]) => ({ label, start, end })));

test('entities are counted one by one, also in a text that is not wholly right', () => {
  const city = ['city', 0, 5] as const;
  const other = ['city', 10, 15] as const;
  const person = ['person', 20, 25] as const;
  const pairs = [
    [entities(city, other, person), entities(city, other)],
    [entities(city, person), entities(city, person, other)],
    [entities(other), entities()],
  ] as const;
  expect(weakestFacets(graded(extraction, pairs), extraction)).toEqual([
    { facet: 'person', right: 1, of: 2 },
    { facet: 'city', right: 3, of: 4 },
  ]);
});

test('labels are counted by outputs; those of one example, or all right, are left out', () => {
  const [spam, ham, fresh] = [labelOutput('spam'), labelOutput('ham'), labelOutput('new')];
  const pairs = [
    [spam, ham],
    [spam, spam],
    [ham, ham],
    [ham, ham],
    [fresh, ham],
  ] as const;
  expect(weakestFacets(graded(classification, pairs), classification)).toEqual([{ facet: 'spam', right: 1, of: 2 }]);
});
