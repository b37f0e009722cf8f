import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wilsonScore } from '../../../../shared/domain/base/wilson.ts';
import {
  fewestPairs,
  fitThreshold,
  type JudgedPair,
  leastSimilarity,
  sameWordsAlone,
} from '../../../../shared/domain/review/propagation-threshold.ts';

const pairs = (count: number, similarity: number, agrees = true): JudgedPair[] =>
  Array.from({ length: count }, () => ({ similarity, agrees }));

describe('the threshold of propagation', () => {
  it('is the same words alone where too few pairs are judged', () => {
    expect(fitThreshold([])).toBe(sameWordsAlone);
    expect(fitThreshold(pairs(fewestPairs - 1, 0.9))).toBe(sameWordsAlone);
    expect(fitThreshold(pairs(fewestPairs, 0.9))).toMatchObject({ threshold: 0.9, precision: { estimate: 1, n: 200 } });
    // 196 of 200: the lower bound is 0.9497.
    expect(fitThreshold([...pairs(196, 0.9), ...pairs(4, 0.9, false)])).toBe(sameWordsAlone);
    expect(fitThreshold([...pairs(197, 0.9), ...pairs(3, 0.9, false)]).threshold).toBe(0.9);
  });

  it('is the smallest at which pairs agree often enough for sure', () => {
    const found = fitThreshold([
      ...pairs(200, 0.9),
      ...pairs(100, 0.7),
      ...pairs(3, 0.7, false),
      ...pairs(60, 0.6, false),
    ]);
    expect(found.threshold).toBe(0.7);
    expect(found.precision?.n).toBe(303);
    expect(found.precision?.estimate).toBeCloseTo(300 / 303, 9);
    expect(found.precision?.lower).toBeCloseTo(wilsonScore(300, 303).lower, 9);
  });

  it('never goes by texts that are hardly alike', () => {
    expect(fitThreshold(pairs(500, leastSimilarity - 0.01))).toBe(sameWordsAlone);
  });

  it('does not depend on the order of pairs, and holds what it promises', () => {
    const pair = fc.record({
      similarity: fc.constantFrom(0.55, 0.6, 0.7, 0.8, 0.9, 1),
      agrees: fc.integer({ min: 0, max: 30 }).map((n) => n > 0),
    });
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 400 }), (all) => {
        const found = fitThreshold(all);
        expect(fitThreshold(all.toReversed())).toEqual(found);
        if (found.precision === null) return;
        const above = all.filter(({ similarity }) => similarity >= found.threshold);
        const agreed = above.filter(({ agrees }) => agrees).length;
        expect(above).toHaveLength(found.precision.n);
        expect(wilsonScore(agreed, above.length).lower).toBeGreaterThanOrEqual(0.95);
      }),
    );
  });
});
