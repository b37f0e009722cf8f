import { describe, expect, test } from 'vitest';
import type { LikelyPlace } from '../../../../shared/domain/triage/likely-place.ts';
import { meet, PlaceOdds } from '../../../../shared/domain/triage/place-odds.ts';

const input = 'a flight from new york to san diego and back';

test('places meet where they share a character', () => {
  const place = { start: 4, end: 8 };
  for (const other of [
    { start: 7, end: 9 },
    { start: 2, end: 5 },
    { start: 5, end: 6 },
    { start: 0, end: 20 },
    place,
  ]) {
    expect(meet(place, other)).toBe(true);
    expect(meet(other, place)).toBe(true);
  }
  for (const other of [
    { start: 8, end: 9 },
    { start: 2, end: 4 },
    { start: 0, end: 1 },
    { start: 12, end: 20 },
  ]) {
    expect(meet(place, other)).toBe(false);
    expect(meet(other, place)).toBe(false);
  }
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

  test('are not those of the unexpected where something else is no likelier than one in ten', () => {
    const other = { start: 14, end: 17, facet: 'person', probability: 0.1 };
    expect(new PlaceOdds([other], [], input).of({ ...city, end: 15 })).toBeLessThan(Math.log(0.005) - 0.1);
  });

  test('are not less for a second pass that does not know the facet', () => {
    expect(new PlaceOdds(at(0.9), [], input).of(city)).toBeCloseTo((Math.log(9) + Math.log(0.005)) / 2, 8);
    const first = new PlaceOdds(at(1e-4), at(1e-4), input).of({ start: 14, end: 17, facet: 'person' });
    expect(new PlaceOdds(at(1e-4), [], input).of({ start: 14, end: 17, facet: 'person' })).toBeCloseTo(first, 8);
  });

  test('go by the chance that anything stands there, of whatever meets the place and of nothing else', () => {
    const own: LikelyPlace = { ...city, probability: 0.4 };
    const long: LikelyPlace = { start: 0, end: 20, facet: 'person', probability: 0.2 };
    const beside: LikelyPlace[] = [
      { start: 0, end: 1, facet: 'city', probability: 0.9 },
      { start: 2, end: 8, facet: 'city', probability: 0.9 },
      { start: 9, end: 14, facet: 'city', probability: 0.9 },
      { start: 22, end: 25, facet: 'city', probability: 0.9 },
      { start: 26, end: 35, facet: 'city', probability: 0.9 },
    ];
    for (const pass of [
      [...beside, own, long],
      [long, own, ...beside],
    ])
      expect(new PlaceOdds(pass, pass, input).of(city)).toBeCloseTo(Math.log(0.4 / (1 - 0.6)), 8);
  });

  test('are bounded, however sure a model is', () => {
    expect(new PlaceOdds(at(1), at(1), input).of(city)).toBeCloseTo(Math.log(1 / 1e-3), 8);
  });
});

test('all places that a pass names are told once, by their beginning and end', () => {
  const york: LikelyPlace = { start: 14, end: 22, facet: 'city', probability: 0.6 };
  const yorkToDiego: LikelyPlace = { start: 14, end: 35, facet: 'city', probability: 0.1 };
  const diego: LikelyPlace = { start: 26, end: 35, facet: 'city', probability: 0.7 };
  const flight: LikelyPlace = { start: 2, end: 8, facet: 'person', probability: 0.2 };
  const odds = new PlaceOdds([diego, yorkToDiego, york], [york, flight], input);
  const told = odds.all();
  expect(told.map(({ start, end, facet }) => `${start}-${end} ${facet}`)).toEqual([
    '2-8 person',
    '14-22 city',
    '14-35 city',
    '26-35 city',
  ]);
  for (const { odds: own, ...place } of told) expect(own).toBe(odds.of(place));
  expect(new PlaceOdds([], [], input).all()).toEqual([]);
});
