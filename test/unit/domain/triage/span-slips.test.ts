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

describe('the odds of a place', () => {
  const city = { start: 14, end: 22, facet: 'city' };
  const at = (probability: number): LikelyPlace[] => [{ ...city, probability }];
  test('are the mean of two passes, against nothing there', () => {
    const odds = new PlaceOdds(at(0.9), at(0.6), input);
    expect(odds.of(city)).toBeCloseTo((Math.log(0.9 / 0.1) + Math.log(0.6 / 0.4)) / 2, 8);
  });

  test('of a name that no pass expects are counted by the word, and never below a limit', () => {
    const long = new PlaceOdds(at(1e-4), at(1e-4), input).of(city);
    const short = new PlaceOdds([{ start: 2, end: 8, facet: 'city', probability: 1e-4 }], [], input);
    expect(long).toBeCloseTo((Math.log(0.005) + Math.log(1e-4)) / 2, 3);
    expect(short.of({ start: 2, end: 8, facet: 'city' })).toBeLessThan(long);
    expect(new PlaceOdds(at(0), at(0), input).of(city)).toBe(-9);
  });

  test('of what stands where models see something else are those of the unexpected', () => {
    const other = { start: 14, end: 17, facet: 'person', probability: 0.8 };
    const passes = [{ ...city, probability: 1e-9 }, other];
    expect(new PlaceOdds(passes, passes, input).of(city)).toBeCloseTo(Math.log(0.005), 8);
  });
});
