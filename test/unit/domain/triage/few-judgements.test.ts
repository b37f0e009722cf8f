import { describe, expect, test } from 'vitest';
import { type PosteriorSample, wrongLabelPosterior } from '../../../../shared/domain/triage/wrong-label-posterior.ts';

/** Records whose right label a model knows for sure, as [right, given]. */
const sure = (...pairs: readonly (readonly [number, number])[]): PosteriorSample[] =>
  pairs.map(([right, given]) => ({
    probabilities: [0, 1, 2].map((label) => (label === right ? 1 : 0)),
    given,
    kind: 0,
    stretch: 0,
  }));
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

describe('what is wrong in few judgements', () => {
  const samples = sure(...times(6, [0, 0] as const), ...times(3, [0, 1] as const), [0, 2], [1, 1], [2, 1]);
  const found = () => wrongLabelPosterior(samples, 3);

  test('is what models that are sure speak against, and nothing else', () => {
    const { wrong, likely } = found();
    expect([...wrong]).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 0, 1]);
    expect([...likely].slice(6)).toEqual([0, 0, 0, 0, 0, 2]);
  });

  test('is counted by what is right and what was given', () => {
    const { errors } = found();
    expect(errors.counts.map((row) => [...row])).toEqual([
      [6, 3, 1],
      [0, 1, 0],
      [0, 1, 0],
    ]);
  });

  test('tells what the judge writes for what, few mistakes being drawn to all labels alike', () => {
    const { errors } = found();
    const prior = Math.SQRT2;
    const [first, second, third] = errors.written.map((row) => [...row].map((share) => share.toFixed(8)));
    expect(first).toEqual(['0', (3 + prior) / (4 + 2 * prior), (1 + prior) / (4 + 2 * prior)].map(fixed));
    expect(second).toEqual([0.5, 0, 0.5].map(fixed));
    expect(third).toEqual([prior / (1 + 2 * prior), (1 + prior) / (1 + 2 * prior), 0].map(fixed));
  });

  test('tells how often the judge errs, drawn to one in ten', () => {
    const { errors } = found();
    expect(errors.rates[0]?.[0]).toBeCloseTo((5 + (10 * 5.5) / 17) / 22, 8);
  });
});

const fixed = (value: number | string) => Number(value).toFixed(8);

test('where a model cannot decide, a label is as likely wrong as the judge errs', () => {
  const { wrong, errors } = wrongLabelPosterior([{ probabilities: [0.5, 0.5], given: 0, kind: 0, stretch: 0 }], 2);
  expect(errors.rates[0]?.[0]).toBeCloseTo(0.1, 8);
  expect(wrong[0]).toBeCloseTo(0.1, 8);
  expect(errors.counts[0]?.[0]).toBeCloseTo(0.9, 8);
  expect(errors.counts[1]?.[0]).toBeCloseTo(0.1, 8);
});

test('the likeliest other label is named, the first of equals', () => {
  const likelyOf = (probabilities: readonly number[], given: number) =>
    wrongLabelPosterior([{ probabilities, given, kind: 0, stretch: 0 }], probabilities.length).likely[0];
  expect(likelyOf([0.5, 0.2, 0.3], 0)).toBe(2);
  expect(likelyOf([0.2, 0.5, 0.3], 1)).toBe(2);
  expect(likelyOf([0.3, 0.4, 0.3], 1)).toBe(0);
  expect(likelyOf([1, 0], 0)).toBe(1);
  expect(likelyOf([0, 1], 1)).toBe(0);
});

test('kinds and stretches have rates of their own', () => {
  const [right, mistaken] = sure([0, 0], [0, 1]);
  const samples = [right, mistaken].flatMap((sample, kind) =>
    sample === undefined ? [] : times(50, { ...sample, kind }),
  );
  const { errors } = wrongLabelPosterior(samples, 3);
  expect(errors.rates[0]?.[0]).toBeCloseTo((10 * 0.5) / 55 / 60, 8);
  expect(errors.rates[1]?.[0]).toBe(0.9);
});

test('a label that the table does not have is neither wrong nor right', () => {
  const { wrong, errors } = wrongLabelPosterior([{ probabilities: [1, 0], given: 7, kind: 0, stretch: 0 }], 2);
  expect(wrong[0]).toBe(0);
  expect(errors.counts.flatMap((row) => [...row])).toEqual([0, 0, 0, 0]);
});
