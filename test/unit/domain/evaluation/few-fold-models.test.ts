import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countByFold, shortOfFolds } from '../../../../shared/domain/evaluation/few-fold-models.ts';
import { foldCount, isHeldOut } from '../../../../shared/domain/evaluation/fold.ts';

describe('what a trainer of few fold models can be weighed by', () => {
  test('is what lies in their fifths: two folds a model', () => {
    expect(shortOfFolds([30, 20], 1, 50)).toBeNull();
    expect(shortOfFolds([30, 19, 400], 1, 50)).toEqual({ reached: 49, models: 1, parts: 5, more: 5 });
    expect(shortOfFolds([30, 19, 1], 2, 50)).toBeNull();
    expect(shortOfFolds([0, 0, 0, 0, 900], 2, 50)).toEqual({ reached: 0, models: 2, parts: 5, more: 125 });
    expect(shortOfFolds(countByFold([{ folds: [] }]), 1, 50)).toMatchObject({ more: 250 });
  });

  test('is never called too little where its fold models could answer enough', () => {
    const records = fc.array(fc.record({ folds: fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 1 }) }));
    fc.assert(
      fc.property(
        records,
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 0, max: 40 }),
        fc.constantFrom(5 as const, foldCount as 10),
        (given, models, enough, parts) => {
          const parted = Array.from({ length: models }, (_, part) => part);
          const answered = given.filter(({ folds }) => parted.some((part) => isHeldOut(folds, part, parts))).length;
          const short = shortOfFolds(countByFold(given), models, enough);
          if (answered >= enough) expect(short).toBeNull();
          else if (parts === 5) expect(short?.reached).toBe(answered);
        },
      ),
    );
  });
});
