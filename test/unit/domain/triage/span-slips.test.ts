import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Mark } from '../../../../shared/domain/base/task-kind.ts';
import type { LikelyPlace } from '../../../../shared/domain/triage/likely-place.ts';
import { meet, PlaceOdds, placeKey } from '../../../../shared/domain/triage/place-odds.ts';
import { spanCase } from '../../../../shared/domain/triage/span-slips.ts';
import { wrongSpanPosterior } from '../../../../shared/domain/triage/wrong-span-posterior.ts';

const input = 'a flight from new york to san diego and back';
const facets = ['city', 'person'];
const mark = fc
  .record({ start: fc.nat(40), length: fc.integer({ min: 1, max: 12 }), facet: fc.constantFrom(...facets) })
  .map(({ start, length, facet }): Mark => ({ start, end: Math.min(input.length, start + length), facet }));
const places = fc.array(
  fc
    .record({ mark, probability: fc.double({ min: 0, max: 1, noNaN: true }) })
    .map(({ mark: place, probability }): LikelyPlace => ({ ...place, probability })),
  { maxLength: 8 },
);

describe('what a judge may have got wrong in a text', () => {
  test('is one place each time: of those given that do not meet, or of those that models expect', () => {
    fc.assert(
      fc.property(fc.array(mark, { maxLength: 5 }), places, places, (given, first, second) => {
        const made = spanCase(given, new PlaceOdds(first, second, input));
        const known = new Set(given.map(placeKey));
        const named = new Set([...first, ...second].map(placeKey));
        for (const [at, one] of made.given.entries()) {
          expect(known).toContain(placeKey(one));
          expect(made.given.slice(at + 1).some((other) => meet(one, other))).toBe(false);
        }
        for (const { right, given: wrong, among } of made.slips) {
          expect(right === null && wrong === null).toBe(false);
          if (wrong !== null) expect(made.given).toContainEqual(wrong);
          if (right !== null) {
            expect(known).not.toContain(placeKey(right));
            expect(named).toContain(placeKey(right));
            expect(among).toBeGreaterThan(0);
            expect(made.given.filter((other) => meet(other, right))).toEqual(wrong === null ? [] : [wrong]);
          }
        }
        expect(made.slips.filter(({ right }) => right === null)).toHaveLength(made.given.length);
      }),
    );
  });

  const nothing = new PlaceOdds([], [], input);
  const city = { start: 14, end: 22, facet: 'city' };
  const person = { ...city, facet: 'person' };
  const sanDiego = { start: 26, end: 35, facet: 'city' };
  const slipsOf = (given: readonly Mark[], likely: readonly Mark[]) => {
    const expected = likely.map((place): LikelyPlace => ({ ...place, probability: 0.5 }));
    return spanCase(given, new PlaceOdds(expected, expected, input)).slips.map((slip) => ({
      right: slip.right === null ? null : placeKey(slip.right),
      given: slip.given === null ? null : placeKey(slip.given),
      among: slip.among,
    }));
  };
  const invented = (place: Mark, among: number) => ({ right: null, given: placeKey(place), among });

  test('is what it gave, where nothing else is right', () => {
    expect(slipsOf([], [])).toEqual([]);
    expect(slipsOf([city], [])).toEqual([invented(city, 0)]);
    expect(slipsOf([sanDiego, city], [])).toEqual([invented(city, 1), invented(sanDiego, 1)]);
  });

  test('is what it missed, which is then one more than is given', () => {
    expect(slipsOf([], [city])).toEqual([{ right: placeKey(city), given: null, among: 1 }]);
    expect(slipsOf([sanDiego], [city])).toEqual([
      invented(sanDiego, 0),
      { right: placeKey(city), given: null, among: 2 },
    ]);
  });

  test('is another facet or another bound of what is given, and no place more', () => {
    const york = { ...city, start: 18 };
    for (const right of [person, york])
      expect(slipsOf([city], [right])).toEqual([
        invented(city, 0),
        { right: placeKey(right), given: placeKey(city), among: 1 },
      ]);
  });

  test('is not what both agree on, nor what would stand for two places at once', () => {
    expect(slipsOf([city], [city])).toEqual([invented(city, 0)]);
    const both = { start: 14, end: 35, facet: 'city' };
    expect(slipsOf([city, sanDiego], [both])).toEqual([invented(city, 1), invented(sanDiego, 1)]);
  });

  test('is asked of the first and outermost alone where given places meet', () => {
    const york = { ...city, start: 18 };
    const whole = { start: 14, end: 35, facet: 'city' };
    expect(slipsOf([york, city, whole], [])).toEqual([invented(whole, 0)]);
    const after = { start: 20, end: 35, facet: 'person' };
    const back = { start: 40, end: 44, facet: 'city' };
    expect(slipsOf([city, after, back], [sanDiego])).toEqual([invented(city, 1), invented(back, 1)]);
  });

  test('keeps what models say of each place, given or not', () => {
    const likely = [{ ...city, probability: 0.8 }];
    const odds = new PlaceOdds(likely, likely, input);
    const made = spanCase([person], odds);
    expect(made.given).toEqual([{ ...person, odds: odds.of(person) }]);
    expect(made.likely).toEqual([{ ...city, odds: odds.of(city) }]);
    expect(spanCase([city], nothing).given).toEqual([{ ...city, odds: nothing.of(city) }]);
  });

  test('makes probabilities, and every expected mistake is counted once', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.array(mark, { maxLength: 4 }), places), { maxLength: 12 }), (texts) => {
        const samples = texts.map(([given, likely]) => ({
          ...spanCase(given, new PlaceOdds(likely, likely, input)),
          words: 8,
          kind: 0,
          stretch: 0,
        }));
        const { wrong, slips, errors } = wrongSpanPosterior(samples, facets);
        expect(wrong).toHaveLength(texts.length);
        expect(wrong.every((probability) => probability >= 0 && probability <= 1)).toBe(true);
        for (const [at, slip] of slips.entries()) expect(slip === null).toBe(samples[at]?.slips.length === 0);
        for (const row of errors.written) expect(row.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 8);
        const mistakes = errors.counts.reduce(
          (sum, row, y) => sum + row.reduce((total, count, g) => total + (y === g ? 0 : count), 0),
          0,
        );
        expect(mistakes).toBeLessThanOrEqual(texts.length + 1e-9);
      }),
      { numRuns: 60 },
    );
  });
});
