import { describe, expect, test } from 'vitest';
import {
  type Confusable,
  confusableWith,
  isConfusable,
  mayBeConfusable,
} from '../../../../shared/domain/curriculum/confusable.ts';
import { entitiesOutput } from '../../../../shared/tasks/extraction/entity.ts';
import { extraction } from '../../../../shared/tasks/extraction/extraction.ts';

/** An output with an entity of each type, one after the other. */
const typed = (...labels: readonly string[]) =>
  entitiesOutput(labels.map((label, at) => ({ label, start: 2 * at, end: 2 * at + 1, text: 'x' })));
const confusable = (expected: readonly string[], answer: readonly string[] | null) =>
  confusableWith({ expected: typed(...expected), answer: answer === null ? null : typed(...answer) }, extraction);

test('a failure is confused with what its answer has too many of; without an answer, with what is not right', () => {
  expect(confusable(['city'], ['city', 'person', 'date'])).toEqual({ kind: 'with', facets: ['date', 'person'] });
  expect(confusable(['city', 'person'], ['city'])).toEqual({ kind: 'any' });
  expect(confusable(['city'], null)).toEqual({ kind: 'other-than', facets: ['city'] });
  expect(confusable([], null)).toEqual({ kind: 'any' });
});

describe('an output that may be confused with a failure', () => {
  const cases: readonly (readonly [Confusable, readonly string[], boolean])[] = [
    [{ kind: 'with', facets: ['person'] }, ['city', 'person'], true],
    [{ kind: 'with', facets: ['person'] }, ['city'], false],
    [{ kind: 'other-than', facets: ['city'] }, ['city', 'person'], true],
    [{ kind: 'other-than', facets: ['city'] }, ['city'], false],
    [{ kind: 'any' }, [], true],
  ];
  test.each(cases)('%j of %j: %s', (of, labels, is) => {
    expect(isConfusable(typed(...labels), of, extraction)).toBe(is);
  });

  test('is never passed over beforehand', () => {
    for (const [of, labels, is] of cases) {
      const passes = mayBeConfusable([of, { kind: 'with', facets: ['date'] }], extraction);
      if (is) expect(passes(typed(...labels))).toBe(true);
    }
  });

  test('has a type that one of the failures is confused with, where all are confused with some', () => {
    const passes = mayBeConfusable(
      [
        { kind: 'with', facets: ['person'] },
        { kind: 'with', facets: ['date'] },
      ],
      extraction,
    );
    expect([['date', 'city'], ['city'], []].map((labels) => passes(typed(...labels)))).toEqual([true, false, false]);
  });
});
