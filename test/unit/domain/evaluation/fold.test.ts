import { describe, expect, it } from 'vitest';
import { partsFor, partsWorth } from '../../../../shared/domain/evaluation/fold.ts';

describe('how many parts the folds are used in', () => {
  it('is ten until a thousand traces are judged, then five', () => {
    expect([0, 999, 1_000, 50_000].map(partsFor)).toEqual([10, 10, 5, 5]);
  });

  it('is five at once where only a few of them have a model, and as it is where all have', () => {
    expect(([10, 5] as const).map((parts) => partsWorth(parts, 1))).toEqual([5, 5]);
    expect(([10, 5] as const).map((parts) => partsWorth(parts, 'all'))).toEqual([10, 5]);
  });
});
