import { describe, expect, test } from 'vitest';
import { foldCount, isHeldOut, partOf, partsFor, partsWorth } from '../../../../shared/domain/evaluation/fold.ts';

describe('the parts that folds are used in', () => {
  test('are ten, and five from a thousand judged traces on', () => {
    expect([0, 999, 1_000, 50_000].map(partsFor)).toEqual([10, 10, 5, 5]);
  });

  test('have one fold each, or two', () => {
    const folds = Array.from({ length: foldCount }, (_, fold) => fold);
    expect(folds.map((fold) => partOf(fold, 10))).toEqual(folds);
    expect(folds.map((fold) => partOf(fold, 5))).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 4]);
  });

  test('hold out what has a fold of theirs, and nothing else', () => {
    expect([1, 2, 3].map((part) => isHeldOut([4, 5], part, 5))).toEqual([false, true, false]);
    expect([4, 5, 6].map((part) => isHeldOut([4, 5], part, 10))).toEqual([true, true, false]);
    expect([0, 1, 2, 3, 4].some((part) => isHeldOut([], part, 5))).toBe(false);
  });

  test('are five at once where only a few of them have a model, and as they were where all have', () => {
    expect(([10, 5] as const).map((parts) => partsWorth(parts, 1))).toEqual([5, 5]);
    expect(([10, 5] as const).map((parts) => partsWorth(parts, 'all'))).toEqual([10, 5]);
  });
});
