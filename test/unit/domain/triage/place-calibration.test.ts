import { describe, expect, test } from 'vitest';
import {
  calibrated,
  calibratePlaces,
  type PlaceCalibration,
} from '../../../../shared/domain/triage/place-calibration.ts';
import type { WeighedPlace } from '../../../../shared/domain/triage/place-odds.ts';
import type { SpanCase } from '../../../../shared/domain/triage/span-slips.ts';

test('odds are moved and stretched', () => {
  expect(calibrated(2, { offset: 1, sharpness: 0.5 })).toBe(2);
  expect(calibrated(-3, { offset: 0, sharpness: 1 })).toBe(-3);
});

const at = (odds: number, start = 0, facet = 'city'): WeighedPlace => ({ start, end: start + 4, facet, odds });
const caseOf = (given: readonly WeighedPlace[], likely: readonly WeighedPlace[]): SpanCase => ({
  given,
  likely,
  slips: [],
});

/** Texts of one place, given as often as models that are out by a calibration say. */
function givenBy({ offset, sharpness }: PlaceCalibration, texts = 100): SpanCase[] {
  return [-4, -2.5, -1, 0, 1, 2.5, 4].flatMap((odds) => {
    const share = 1 / (1 + Math.exp(-(offset + sharpness * odds)));
    const given = Math.round(texts * share);
    return Array.from({ length: texts }, (_, text) => caseOf(text < given ? [at(odds)] : [], [at(odds)]));
  });
}

describe('how far models of places are to be trusted', () => {
  test.each([
    { offset: 0, sharpness: 1 },
    { offset: 1, sharpness: 0.8 },
    { offset: -1, sharpness: 0.7 },
    { offset: 0.5, sharpness: 1.3 },
  ])('is told by how often what they expect is given: $offset and $sharpness', (calibration) => {
    expect(calibratePlaces(givenBy(calibration), 3)).toEqual(calibration);
  });

  test('is as they say where there is nothing to tell by', () => {
    expect(calibratePlaces([], 3)).toMatchObject({ offset: 0, sharpness: 1 });
    expect(calibratePlaces([caseOf([], [])], 3)).toMatchObject({ offset: 0, sharpness: 1 });
  });

  test('goes by no place that was named only because it was given, nor by one that models hardly expect', () => {
    const cases = givenBy({ offset: 0, sharpness: 1 });
    const unexpected = Array.from({ length: 200 }, () => caseOf([at(-6)], [at(-6)]));
    const missing = Array.from({ length: 200 }, () => caseOf([], [at(-6)]));
    expect(calibratePlaces([...cases, ...unexpected, ...missing], 3)).toEqual({ offset: 0, sharpness: 1 });
  });

  test('goes by the likeliest of places that meet, where none is given', () => {
    // Two places of one text, each half as likely as nothing: one of the two is given in half of the texts.
    const [one, other] = [at(Math.log(0.5)), at(Math.log(0.5), 2, 'person')];
    const far = at(Math.log(0.5), 20);
    const cases = Array.from({ length: 200 }, (_, text) =>
      caseOf(text % 4 === 0 ? [one] : text % 4 === 1 ? [other] : [], [one, other]),
    );
    expect(calibratePlaces([...cases, ...givenBy({ offset: 0, sharpness: 1 }, 100)], 3)).toEqual({
      offset: 0,
      sharpness: 1,
    });
    // Apart from each other each is given in a third of the texts.
    const apart = Array.from({ length: 360 }, (_, text) =>
      caseOf([...(text % 3 === 0 ? [one] : []), ...(text % 9 < 3 ? [far] : [])], [one, far]),
    );
    expect(calibratePlaces([...apart, ...givenBy({ offset: 0, sharpness: 1 }, 100)], 3)).toEqual({
      offset: 0,
      sharpness: 1,
    });
  });

  test('is not spoilt by a judge who misses one place in ten', () => {
    const missed = givenBy({ offset: 0, sharpness: 1 }).map((each, text) =>
      text % 10 === 0 ? { ...each, given: [] } : each,
    );
    const { offset, sharpness } = calibratePlaces(missed, 3);
    expect(Math.abs(offset)).toBeLessThanOrEqual(0.5);
    expect(sharpness).toBeGreaterThanOrEqual(0.8);
  });
});
