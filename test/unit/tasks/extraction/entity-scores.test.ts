import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asOutput } from '../../../../shared/domain/base/output.ts';
import { entitiesOfTokens } from '../../../../shared/intake/formats/tagged-tokens.ts';
import { facetF1, partialOf } from '../../../../shared/loop/report/f1.ts';
import { entitiesOutput } from '../../../../shared/tasks/extraction/entity.ts';
import { entityPlaces } from '../../../../shared/tasks/extraction/entity-places.ts';
import { extraction } from '../../../../shared/tasks/extraction/extraction.ts';
import others from './scores-of-others.json' with { type: 'json' };

const output = (...entities: readonly (readonly [string, number, number])[]) =>
  entitiesOutput(entities.map(([label, start, end]) => ({ label, start, end })));

const tagged = (tags: string) =>
  entitiesOutput(entitiesOfTokens(tags.split(' ').map((tag) => ({ token: 'word', tag }))).entities);
const texts = others.texts.map(([right = '', answered = '']) => ({ right: tagged(right), answer: tagged(answered) }));
const grades = texts.map(({ right, answer }) => extraction.grade(right, answer));

describe('scores of entities', () => {
  it('are those of seqeval, of all and by type', () => {
    expect(extraction.score(grades).value).toBeCloseTo(others.all.f1, 12);
    const counts = (types: readonly string[]) => {
      const sum = { tp: 0, fp: 0, fn: 0 };
      for (const { facet, tp, fp, fn } of grades.flatMap(({ parts }) => parts)) {
        if (!types.includes(facet)) continue;
        sum.tp += tp;
        sum.fp += fp;
        sum.fn += fn;
      }
      return sum;
    };
    for (const [types, said] of [
      [Object.keys(others.types), others.all] as const,
      ...Object.entries(others.types).map(([type, said]) => [[type], said] as const),
    ]) {
      const { tp, fp, fn } = counts(types);
      expect(tp / (tp + fp)).toBeCloseTo(said.precision, 12);
      expect(tp / (tp + fn)).toBeCloseTo(said.recall, 12);
      const rate = (of: number) => ({ right: tp, of, lower: 0, upper: 1 });
      const row = {
        facet: 'all',
        recall: { before: rate(tp + fn), after: rate(tp + fn) },
        precision: { before: rate(tp + fp), after: rate(tp + fp) },
      };
      expect(facetF1(row, 'after')).toBeCloseTo(said.f1, 12);
    }
  });

  it('in part are those of nervaluate', () => {
    const sum = { same: 0, overlapping: 0, expected: 0, answered: 0 };
    for (const { right, answer } of texts) {
      const places = entityPlaces(right, answer);
      sum.same += places.same;
      sum.overlapping += places.overlapping;
      sum.expected += places.expected;
      sum.answered += places.answered;
    }
    const { recall, precision, f1 } = partialOf(sum);
    expect(recall).toBeCloseTo(others.partial.recall, 12);
    expect(precision).toBeCloseTo(others.partial.precision, 12);
    expect(f1).toBeCloseTo(others.partial.f1, 12);
  });
});

describe('places of entities', () => {
  it('agree whatever their types, one that only overlaps by half', () => {
    const right = output(['city', 0, 5], ['city', 10, 15], ['order', 20, 25]);
    const answer = output(['person', 0, 5], ['city', 12, 18], ['order', 30, 35]);
    const places = entityPlaces(right, answer);
    expect(places).toEqual({ same: 1, overlapping: 1, expected: 3, answered: 3 });
    expect(partialOf(places)).toEqual({ recall: 0.5, precision: 0.5, f1: 0.5 });
  });

  it('go with one right place each', () => {
    const split = entityPlaces(output(['city', 0, 9]), output(['city', 0, 4], ['city', 5, 9]));
    expect(split).toEqual({ same: 0, overlapping: 1, expected: 1, answered: 2 });
    const merged = entityPlaces(output(['city', 0, 4], ['city', 5, 9]), output(['city', 0, 9]));
    expect(merged).toEqual({ same: 0, overlapping: 1, expected: 2, answered: 1 });
  });

  it('are gone through in the order of the text, however they are written', () => {
    const written = (...places: readonly (readonly [number, number])[]) =>
      asOutput(places.map(([start, end]) => ({ label: 'city', start, end })));
    const both = { same: 0, overlapping: 2, expected: 2, answered: 2 };
    expect(entityPlaces(written([0, 9], [10, 20]), written([5, 12], [0, 4]))).toEqual(both);
    expect(entityPlaces(written([10, 20], [0, 9]), written([5, 12], [13, 15]))).toEqual(both);
    // The shorter one is first where two begin at one place.
    expect(entityPlaces(written([0, 9], [0, 3]), written([2, 6], [5, 8]))).toEqual(both);
  });

  it('are nothing without an answer, and have no score where there are none', () => {
    expect(entityPlaces(output(['city', 0, 4]), null)).toEqual({ same: 0, overlapping: 0, expected: 1, answered: 0 });
    expect(partialOf(entityPlaces(output(), output()))).toEqual({ recall: null, precision: null, f1: null });
  });

  it('agree in at least as many entities as are right in type and place', () => {
    const entity = fc
      .tuple(fc.constantFrom('a', 'b'), fc.nat(12), fc.integer({ min: 1, max: 4 }))
      .map(([label, start, length]) => [label, 5 * start, 5 * start + length] as const);
    // Apart from one another: what overlaps may stand at one place twice.
    const some = fc
      .uniqueArray(entity, { maxLength: 6, selector: ([, start]) => start })
      .map((entities) => output(...entities));
    fc.assert(
      fc.property(some, some, (right, answer) => {
        const { same, overlapping, expected, answered } = entityPlaces(right, answer);
        const exact = extraction.grade(right, answer).parts.reduce((sum, { tp }) => sum + tp, 0);
        expect(same).toBeGreaterThanOrEqual(exact);
        expect(same + overlapping).toBeLessThanOrEqual(Math.min(expected, answered));
        expect(entityPlaces(right, right)).toEqual({ same: expected, overlapping: 0, expected, answered: expected });
      }),
    );
  });
});
