import { describe, expect, test } from 'vitest';
import { firstRates, ratesFrom } from '../../../../shared/domain/triage/error-rates.ts';

const at = (kind: number, stretch: number, weight?: number) => ({
  kind,
  stretch,
  ...(weight === undefined ? {} : { weight }),
});
const lists = (rates: readonly Float64Array[]) => rates.map((row) => [...row]);

test('an estimate begins with the same high rate for every kind and stretch', () => {
  expect(lists(firstRates([at(1, 0), at(0, 2)]))).toEqual([
    [0.3, 0.3, 0.3],
    [0.3, 0.3, 0.3],
  ]);
  expect(lists(firstRates([]))).toEqual([[0.3]]);
});

describe('how often a judge errs', () => {
  test('is the share of wrong judgements, drawn to that of the kind, and the kind to one in ten', () => {
    const samples = [at(0, 0), at(0, 0), at(0, 0), at(0, 0), ...Array.from({ length: 6 }, () => at(0, 1))];
    const wrong = Float64Array.of(1, 1, 0, 0, 0, 0, 0, 0, 0, 0);
    const ofKind = (2 + 0.5) / (10 + 5);
    const [[first, second] = []] = lists(ratesFrom(samples, wrong, firstRates(samples)));
    expect(first).toBeCloseTo((2 + 10 * ofKind) / (4 + 10), 10);
    expect(second).toBeCloseTo((0 + 10 * ofKind) / (6 + 10), 10);
  });

  test('of one kind says nothing of another, and a kind without records has one in ten', () => {
    const samples = [at(1, 0), at(1, 0), at(1, 0)];
    const [none, some] = lists(ratesFrom(samples, Float64Array.of(1, 1, 1), firstRates(samples)));
    expect(none?.[0]).toBeCloseTo(0.1, 10);
    expect(some?.[0]).toBeCloseTo((3 + (10 * 3.5) / 8) / 13, 10);
  });

  test('counts a record by its weight', () => {
    const light = [at(0, 0, 0.5), at(0, 0, 0.5), at(0, 0, 2)];
    const rates = lists(ratesFrom(light, Float64Array.of(1, 1, 0), firstRates(light)));
    expect(rates[0]?.[0]).toBeCloseTo((1 + (10 * 1.5) / 8) / 13, 10);
  });

  test('is never so low nor so high that no record could change it any more', () => {
    const rate = (wrong: number, least?: number) =>
      ratesFrom([at(0, 0, 10_000)], Float64Array.of(wrong), [new Float64Array(1)], least)[0]?.[0];
    expect(rate(0)).toBe(1e-4);
    expect(rate(0, 0.02)).toBe(0.02);
    expect(rate(1)).toBe(0.9);
  });
});
