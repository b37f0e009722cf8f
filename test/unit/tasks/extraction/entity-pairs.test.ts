import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entitiesOutput } from '../../../../shared/tasks/extraction/entity.ts';
import { entityPairs } from '../../../../shared/tasks/extraction/entity-pairs.ts';
import { extraction } from '../../../../shared/tasks/extraction/extraction.ts';

const output = (...entities: readonly (readonly [string, number, number])[]) =>
  entitiesOutput(entities.map(([label, start, end]) => ({ label, start, end })));

describe('entityPairs', () => {
  it('tells right, wrongly typed, wrongly bounded, missed and spurious entities apart', () => {
    const expected = output(['city', 0, 5], ['city', 10, 15], ['person', 20, 30], ['order', 40, 45]);
    const answer = output(['city', 0, 5], ['street', 10, 15], ['person', 20, 25], ['product', 60, 65]);
    expect(entityPairs(expected, answer)).toEqual([
      { expected: 'city', answered: 'city', right: true },
      { expected: 'city', answered: 'street', right: false },
      { expected: 'person', answered: 'person', right: false },
      { expected: 'order', answered: null, right: false },
      { expected: null, answered: 'product', right: false },
    ]);
  });

  it('takes no answer for one that misses all', () => {
    expect(entityPairs(output(['city', 0, 5], ['order', 6, 9]), null)).toEqual([
      { expected: 'city', answered: null, right: false },
      { expected: 'order', answered: null, right: false },
    ]);
    expect(entityPairs(output(), null)).toEqual([]);
  });

  it('has as many right pairs as the grade has true positives, and none wrong where the grade is right', () => {
    const entity = fc
      .tuple(fc.constantFrom('a', 'b', 'c'), fc.nat(20), fc.integer({ min: 1, max: 6 }))
      .map(([label, start, length]) => [label, start, start + length] as const);
    const some = fc.array(entity, { maxLength: 6 }).map((entities) => output(...entities));
    fc.assert(
      fc.property(some, some, (expected, answer) => {
        const pairs = entityPairs(expected, answer);
        const grade = extraction.grade(expected, answer);
        expect(pairs.filter(({ right }) => right)).toHaveLength(grade.parts.reduce((sum, { tp }) => sum + tp, 0));
        expect(pairs.every(({ right }) => right)).toBe(grade.right);
      }),
    );
  });
});
