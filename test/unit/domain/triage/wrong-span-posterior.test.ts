import { describe, expect, test } from 'vitest';
import type { WeighedPlace } from '../../../../shared/domain/triage/place-odds.ts';
import type { SpanSlip } from '../../../../shared/domain/triage/span-slips.ts';
import { type SpanSample, wrongSpanPosterior } from '../../../../shared/domain/triage/wrong-span-posterior.ts';

const facets = ['city', 'person', 'dish'];
const [city, person, dish, missed, moved] = [0, 1, 2, 3, 4] as const;
const invented = 3;

const at = (facet: string, odds: number, start = 0): WeighedPlace => ({ start, end: start + 4, facet, odds });
const slip = (right: WeighedPlace | null, given: WeighedPlace | null, among: number): SpanSlip => ({
  right,
  given,
  among,
});
const sample = (known: Partial<SpanSample>): SpanSample => ({
  given: [],
  likely: [],
  slips: [],
  words: 8,
  kind: 0,
  stretch: 0,
  ...known,
});
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);
const rows = (all: readonly Float64Array[]) => all.map((row) => [...row].map((value) => Number(value.toFixed(6))));

describe('before anything is seen', () => {
  test('each way to err is as likely as the others, and so is each other facet', () => {
    const { wrong, slips, errors } = wrongSpanPosterior([], facets);
    expect([wrong.length, slips.length]).toEqual([0, 0]);
    const [third, sixth] = [0.333333, 0.166667];
    expect(rows(errors.written)).toEqual([
      [0, sixth, sixth, third, third],
      [sixth, 0, sixth, third, third],
      [sixth, sixth, 0, third, third],
      [third, third, third, 0, 0],
    ]);
    expect(errors.inventing).toBeCloseTo(0.1, 10);
  });

  test('a judge of one facet cannot take it for another', () => {
    expect(rows(wrongSpanPosterior([], ['city']).errors.written)).toEqual([
      [0, 0.5, 0.5],
      [1, 0, 0],
    ]);
  });
});

describe('how likely a text is judged wrongly', () => {
  // So little expected that nothing is calibrated by it.
  const right = at('city', -6);
  const place = (facet: string, start = 0) => at(facet, -7, start);
  test.each<[string, SpanSlip, (written: (row: number, column: number) => number, inventing: number) => number]>([
    [
      'in a text that names nothing it may be invented at any word',
      slip(null, place('city'), 0),
      (written) => (Math.exp(7) * written(invented, city)) / 8,
    ],
    [
      'beside other places it is seldom invented',
      slip(null, place('person'), 2),
      (written, inventing) => (Math.exp(7) * inventing * written(invented, person)) / 8,
    ],
    [
      'any of its places may be missed',
      slip(right, null, 3),
      (written, inventing) => (Math.exp(-6) * (1 - inventing) * written(city, missed)) / 3,
    ],
    [
      'a place has four other bounds',
      slip(right, place('city', 2), 2),
      (written, inventing) => (Math.exp(1) * (1 - inventing) * written(city, moved)) / 2 / 4,
    ],
    [
      'a place may be of another facet',
      slip(right, place('dish'), 2),
      (written, inventing) => (Math.exp(1) * (1 - inventing) * written(city, dish)) / 2,
    ],
    [
      'a place of another facet may begin elsewhere too',
      slip(right, place('dish', 2), 2),
      (written, inventing) => ((Math.exp(1) * (1 - inventing) * written(city, dish)) / 2 / 4) * written(city, moved),
    ],
    [
      'or end elsewhere',
      slip(right, { ...place('dish'), end: 9 }, 1),
      (written, inventing) => ((Math.exp(1) * (1 - inventing) * written(city, dish)) / 4) * written(city, moved),
    ],
  ])('follows from what the judge does: %s', (_, one, chance) => {
    const { wrong, slips, errors } = wrongSpanPosterior([sample({ slips: [one] })], facets);
    const rate = errors.rates[0]?.[0] ?? 0;
    const odds = (rate / (1 - rate)) * chance((row, column) => errors.written[row]?.[column] ?? 0, errors.inventing);
    expect(wrong[0]).toBeCloseTo(odds / (1 + odds), 10);
    expect(wrong[0]).toBeGreaterThan(0);
    expect(slips).toEqual([one]);
  });

  test('is the sum over all that may have gone wrong, of which the likeliest is named, the first of equals', () => {
    const [one, other] = [slip(right, place('person'), 1), slip(right, place('dish'), 1)];
    const { wrong, slips, errors } = wrongSpanPosterior(
      [sample({ slips: [one, other] }), sample({ slips: [slip(at('city', -9), null, 1), other] }), sample({})],
      facets,
    );
    const rate = errors.rates[0]?.[0] ?? 0;
    const [asPerson = 0, asDish = 0] = [errors.written[city]?.[person], errors.written[city]?.[dish]];
    const odds = (rate / (1 - rate)) * Math.exp(1) * (1 - errors.inventing) * (asPerson + asDish);
    expect(wrong[0]).toBeCloseTo(odds / (1 + odds), 10);
    expect(slips).toEqual([other, other, null]);
    const [ahead] = wrongSpanPosterior([sample({ slips: [other, { ...other }] })], facets).slips;
    expect(ahead).toBe(other);
    expect(wrong[2]).toBe(0);
  });

  test('stays a probability however sure models are', () => {
    const { wrong } = wrongSpanPosterior([sample({ slips: [slip(right, at('person', -2_000), 1)] })], facets);
    expect(wrong[0]).toBeGreaterThan(0.99);
    expect(wrong[0]).toBeLessThanOrEqual(1);
  });

  test('is little where models expect nothing else', () => {
    const sure = sample({ given: [at('city', 5)], likely: [at('city', 5)], slips: [slip(null, at('city', 5), 0)] });
    const { wrong, errors } = wrongSpanPosterior(times(50, sure), facets);
    expect(Math.max(...wrong)).toBeLessThan(0.001);
    // Judges are taken to err three times in a hundred at least.
    expect(errors.rates[0]?.[0]).toBe(0.03);
  });
});

describe('what models that are sure tell of a judge', () => {
  const sure = at('city', 20);
  const unlikely = (facet: string, start = 0) => at(facet, -25, start);
  const rightly = sample({ given: [sure], likely: [sure], slips: [slip(null, sure, 0)] });
  const missing = sample({ likely: [sure], slips: [slip(sure, null, 1)] });
  const wrongly = (place: WeighedPlace) =>
    sample({ given: [place], likely: [sure], slips: [slip(null, place, 0), slip(sure, place, 1)] });
  const inventing = (...beside: readonly WeighedPlace[]) => {
    const given = [...beside, unlikely('person', 20)];
    return sample({ given, likely: beside, slips: given.map((place) => slip(null, place, given.length - 1)) });
  };
  const samples = [
    ...times(6, rightly),
    ...times(3, wrongly(unlikely('person'))),
    ...times(2, missing),
    wrongly(unlikely('city', 2)),
    inventing(sure),
    inventing(),
  ];
  const found = (all: readonly SpanSample[] = samples) => wrongSpanPosterior(all, facets);

  test('is which of its texts are wrong, and how', () => {
    const { wrong, slips } = found();
    expect([...wrong].map((probability) => Math.round(1e3 * probability) / 1e3)).toEqual([
      ...times(6, 0),
      ...times(8, 1),
    ]);
    const said = slips.map((one) => [one?.right?.facet, one?.given?.facet, one?.given?.start]);
    expect(said.slice(6)).toEqual([
      ...times(3, ['city', 'person', 0]),
      ...times(2, ['city', undefined, undefined]),
      ['city', 'city', 2],
      ...times(2, [undefined, 'person', 20]),
    ]);
  });

  test('is how often it writes what for what; nothing is counted as given rightly in a text that is wrong', () => {
    const { errors } = found();
    expect(errors.counts.map((row) => [...row].map((count) => Number(count.toFixed(2))))).toEqual([
      [6, 3, 0, 2, 1],
      [0, 0, 0, 0, 0],
      [0, 0, 0, 0, 0],
      [0, 2, 0, 0, 0],
    ]);
    const prior = 2 * Math.sqrt(facets.length + 1);
    const [first, second, , last] = errors.written.map((row) => [...row]);
    const shares = [0, 3 + prior / 6, prior / 6, 2 + prior / 3, 1 + prior / 3].map((each) => each / (6 + prior));
    for (const [column, share] of shares.entries()) expect(first?.[column]).toBeCloseTo(share, 3);
    expect(second?.[city]).toBeCloseTo(1 / 6, 6);
    expect(last?.[person]).toBeCloseTo((2 + prior / 3) / (2 + prior), 3);
    expect(last?.[missed]).toBe(0);
  });

  test('is how much of it is invented, in texts that name something', () => {
    expect(found().errors.inventing).toBeCloseTo((1 + 1) / (7 + 10), 3);
  });

  test('is how often it errs', () => {
    expect(found().errors.rates[0]?.[0]).toBeCloseTo((8 + (10 * 8.5) / 19) / 24, 3);
  });

  test('counts what is near others as less', () => {
    const { errors } = found([
      ...times(6, { ...rightly, weight: 0.5 }),
      ...times(3, { ...wrongly(at('person', -12)), weight: 0.5 }),
    ]);
    expect(errors.counts[city]?.[city]).toBeCloseTo(3, 3);
    expect(errors.counts[city]?.[person]).toBeCloseTo(1.5, 3);
  });

  test('is told by kind and stretch of time', () => {
    const { errors } = found([
      ...times(40, rightly),
      ...times(40, { ...missing, kind: 1 }),
      ...times(40, { ...rightly, stretch: 1 }),
    ]);
    expect(errors.rates[0]?.[0]).toBe(0.03);
    expect(errors.rates[0]?.[1]).toBe(0.03);
    expect(errors.rates[1]?.[0]).toBeGreaterThan(0.8);
  });
});
