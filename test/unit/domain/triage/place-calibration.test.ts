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
function givenBy(
  { offset, sharpness }: PlaceCalibration,
  texts = 100,
  expected = [-4, -2.5, -1, 0, 1, 2.5, 4],
): SpanCase[] {
  return expected.flatMap((odds) => {
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
  describe('is hardly spoilt by mistakes about one place in fifty, even where models are sure', () => {
    const sure = givenBy({ offset: 0, sharpness: 1 }, 100, [-4, -2, 0, 2, 4, 6, 8]);
    const mistaken = (mistake: (right: SpanCase) => SpanCase) =>
      sure.map((each, text) => (text % 50 === 0 && each.given.length > 0 ? mistake(each) : each));
    const another = ({ likely }: SpanCase) => {
      const wrong = at(-5, 0, 'person');
      return caseOf([wrong], [...likely, wrong]);
    };

    test.each<[string, (right: SpanCase) => SpanCase, number, number]>([
      ['missing it', ({ likely }) => caseOf([], likely), 3, 0.9],
      ['naming another facet', another, 3, 0.9],
      ['naming another one of nine', another, 9, 0.8],
    ])('such as %s', (_, mistake, facets, least) => {
      const { offset, sharpness } = calibratePlaces(mistaken(mistake), facets);
      expect(offset).toBe(0);
      expect(sharpness).toBeGreaterThanOrEqual(least);
      expect(sharpness).toBeLessThanOrEqual(1);
    });
  });

  test('does not go by what models hardly expect and nobody gives, however often', () => {
    const cases = givenBy({ offset: 0, sharpness: 1 }, 20);
    const hardly = Array.from({ length: 3_000 }, () => caseOf([], [at(-5.5)]));
    expect(calibratePlaces([...cases, ...hardly], 3)).toEqual({ offset: 0, sharpness: 1 });
  });

  test('counts a place between two others that it meets once, in whatever order models name them', () => {
    const [before, likeliest, after] = [at(-2), at(0, 3, 'person'), at(-2, 6)];
    const named = [before, likeliest, after];
    // As often as models say, of 25: the likeliest in 11, nothing in 11, and one of the others in the rest.
    const cases = Array.from({ length: 1_000 }, (_, text) => {
      const place = text % 25;
      return caseOf(place < 11 ? [likeliest] : place < 22 ? [] : text % 2 === 0 ? [before] : [after], named);
    });
    expect(calibratePlaces([...cases, ...givenBy({ offset: 0, sharpness: 1 })], 3)).toEqual({
      offset: 0,
      sharpness: 1,
    });
  });

  test('is read from every second place where there are more than 5,000, so that many take no longer', () => {
    const many = (calibration: PlaceCalibration) => Array.from({ length: 4 }, () => givenBy(calibration)).flat();
    const others = many({ offset: -1, sharpness: 0.7 });
    const mixed = many({ offset: 0, sharpness: 1 }).flatMap((each, text) => [each, others[text] ?? each]);
    expect(calibratePlaces(mixed, 3)).toEqual({ offset: 0, sharpness: 1 });
  });
});
