import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { labelFactors, labelRatio } from '../../../../shared/domain/curriculum/label-ratio.ts';
import { balanceShares, type ShareRequest } from '../../../../shared/domain/curriculum/slice-shares.ts';
import { bandsAttainable } from '../../../helpers/bands-attainable.ts';

const slice = (natural: number, lower: number, upper: number, limits: Partial<ShareRequest> = {}): ShareRequest => ({
  natural,
  lower,
  upper,
  scaleLower: 0.25,
  scaleUpper: 4,
  ...limits,
});
const rounded = (shares: readonly number[]): number[] => shares.map((share) => Math.round(share * 1e6) / 1e6);

describe('balanceShares', () => {
  test('moves a share outside of its band to the nearer edge, and scales the others alike', () => {
    expect(rounded(balanceShares([slice(0.5, 0, 0.4), slice(0.3, 0, 1), slice(0.2, 0, 1)]))).toEqual([0.4, 0.36, 0.24]);
    expect(rounded(balanceShares([slice(0.1, 0.25, 1), slice(0.6, 0, 1), slice(0.3, 0, 1)]))).toEqual([
      0.25, 0.5, 0.25,
    ]);
  });

  test('gives up the bands of the first slices where not all can be met', () => {
    const bands = [slice(0.4, 0.5, 0.6), slice(0.3, 0.5, 0.6), slice(0.3, 0.3, 0.4)] as const;
    expect(rounded(balanceShares(bands))).toEqual([0.2, 0.5, 0.3]);
    const tooSmall = [slice(0.5, 0, 0.2), slice(0.3, 0, 0.2), slice(0.2, 0, 0.2)] as const;
    expect(rounded(balanceShares(tooSmall))).toEqual([0.6, 0.2, 0.2]);
  });

  test('keeps to the limits of weights where they stop short of the band', () => {
    const limits = { scaleLower: 0.5, scaleUpper: 2 };
    expect(rounded(balanceShares([slice(0.9, 0.4, 0.6, limits), slice(0.1, 0.4, 0.6, limits)]))).toEqual([0.8, 0.2]);
    expect(rounded(balanceShares([slice(0.9, 0.1, 0.2, limits), slice(0.1, 0.8, 0.9, limits)]))).toEqual([0.8, 0.2]);
    expect(rounded(balanceShares([slice(0.9, 0, 0.1, { scaleLower: 1, scaleUpper: 1 }), slice(0.1, 0.9, 1)]))).toEqual([
      0.9, 0.1,
    ]);
  });

  test('gives an empty slice nothing, and nothing of nothing', () => {
    expect(rounded(balanceShares([slice(0, 0.4, 0.6), slice(1, 0.25, 0.35)]))).toEqual([0, 1]);
    expect(balanceShares([slice(0, 0.4, 0.6), slice(0, 0.25, 0.35)])).toEqual([0, 0]);
    expect(balanceShares([])).toEqual([]);
  });
});

describe('bandsAttainable', () => {
  const fixed = { scaleLower: 1, scaleUpper: 1 };

  test('holds when every slice reaches its band and together they make up the whole, edges included', () => {
    expect(bandsAttainable([slice(0.5, 0.4, 0.6), slice(0.5, 0.4, 0.6)])).toBe(true);
    expect(bandsAttainable([slice(0.5, 0.5, 0.5, fixed), slice(0.5, 0.5, 0.5, fixed)])).toBe(true);
    expect(bandsAttainable([slice(0.75, 0.5, 0.5), slice(0.25, 0.5, 0.5)])).toBe(true);
  });

  test('does not hold when weights cannot bring a slice into its band', () => {
    expect(bandsAttainable([slice(0.05, 0.3, 0.4), slice(0.95, 0, 1)])).toBe(false);
    expect(bandsAttainable([slice(0.95, 0.1, 0.2), slice(0.05, 0, 1)])).toBe(false);
  });

  test('does not hold when the bands make up too much or too little', () => {
    expect(bandsAttainable([slice(0.5, 0.6, 0.7), slice(0.5, 0.6, 0.7)])).toBe(false);
    expect(bandsAttainable([slice(0.5, 0.2, 0.4), slice(0.5, 0.2, 0.4)])).toBe(false);
  });
});

describe('labelFactors', () => {
  const wide = { lower: 0.01, upper: 100 };
  const after = (weights: Record<string, number>, limits = wide): Record<string, number> => {
    const factors = labelFactors(new Map(Object.entries(weights)), limits);
    return Object.fromEntries(
      Object.entries(weights).map(([label, weight]) => [
        label,
        Math.round(weight * (factors.get(label) ?? Number.NaN) * 1e3) / 1e3,
      ]),
    );
  };

  test('bring the extremes to a ratio of 2.8 and keep the total', () => {
    expect(after({ a: 100, b: 10 })).toEqual({ a: 81.053, b: 28.947 });
    expect(after({ a: 100, b: 10, c: 50 })).toEqual({ a: 81.053, b: 28.947, c: 50 });
    expect(after({ a: 1, b: 1, c: 1, d: 97 })).toEqual({ a: 17.241, b: 17.241, c: 17.241, d: 48.276 });
  });

  test('leave a ratio of up to 2.8 as it is', () => {
    expect(after({ a: 28, b: 10 })).toEqual({ a: 28, b: 10 });
    expect(after({ a: 29, b: 10 })).not.toEqual({ a: 29, b: 10 });
    expect(after({ a: 5 })).toEqual({ a: 5 });
  });

  test('are exactly 1 where all labels are within the ratio', () => {
    const weight = fc.double({ min: 1, max: 2.8, noNaN: true });
    fc.assert(
      fc.property(fc.array(weight, { minLength: 1, maxLength: 8 }), (values) => {
        const factors = labelFactors(new Map(values.map((value, at) => [`l${at}`, value])), wide);
        expect([...factors.values()].every((factor) => factor === 1)).toBe(true);
      }),
    );
  });

  test('stay within their limits', () => {
    expect(after({ a: 100, b: 10 }, { lower: 0.9, upper: 2 })).toEqual({ a: 90, b: 20 });
  });

  test('are none where there is no label', () => {
    expect(labelFactors(new Map(), wide).size).toBe(0);
  });
});

describe('labelRatio', () => {
  test('is the heaviest over the lightest, and 1 where there is nothing to compare', () => {
    expect(labelRatio(new Map(Object.entries({ a: 2, b: 8, c: 4 })))).toBe(4);
    expect(labelRatio(new Map(Object.entries({ a: 2, b: 6 })))).toBe(3);
    expect(labelRatio(new Map(Object.entries({ a: 2 })))).toBe(1);
    expect(labelRatio(new Map())).toBe(1);
  });
});
