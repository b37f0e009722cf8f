import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldCount, isHeldOut, type Parts, type Place, partOf } from '../../../../shared/domain/evaluation/fold.ts';
import { type Answering, askedModel, honestModel } from '../../../../shared/domain/models/fold-models.ts';
import type { Served } from '../../../../shared/domain/models/served.ts';

const model = (ref: string): Served => ({ predictor: 'embedded', ref, digest: null });
const served = model('served');

/** A checkpoint with the models of these parts, of all by default. */
function checkpointOf(parts: Parts, trained: readonly number[] = [...Array(parts).keys()]): Answering {
  const models = Array.from({ length: parts }, (_, part) => (trained.includes(part) ? model(`part-${part}`) : null));
  return { served, folds: { parts, models } };
}

const first: Answering = { served, folds: null };
const evidence = (fold: number) => ({ folds: [fold], use: 'evidence' }) as const;
const report = { folds: [...Array(foldCount).keys()], use: 'report' } as const;
const everywhere = { folds: [], use: 'none' } as const;

describe('the model that is asked about a place', () => {
  it('is that of the part which its fold lies in, by two folds a part or one', () => {
    const refs = (parts: Parts) => [0, 1, 2, 8, 9].map((fold) => honestModel(evidence(fold), checkpointOf(parts))?.ref);
    expect(refs(5)).toEqual(['part-0', 'part-0', 'part-1', 'part-4', 'part-4']);
    expect(refs(10)).toEqual(['part-0', 'part-1', 'part-2', 'part-8', 'part-9']);
  });

  it('is the served one where there are no fold models, since it has seen no traffic', () => {
    expect(honestModel(evidence(3), first)).toBe(served);
    expect(askedModel(evidence(3), first)).toBe(served);
    expect(honestModel(everywhere, first)).toBeNull();
    expect(askedModel(everywhere, first)).toBe(served);
  });

  it('is the served one for the report, which nothing trains', () => {
    expect(honestModel(report, checkpointOf(5))).toBe(served);
    expect(askedModel(report, checkpointOf(5))).toBe(served);
  });

  it('is none that can be weighed where its part has none; then the served one says what it says', () => {
    const dear = checkpointOf(5, [0, 1]);
    expect(honestModel(evidence(2), dear)?.ref).toBe('part-1');
    expect(honestModel(evidence(4), dear)).toBeNull();
    expect(askedModel(evidence(4), dear)).toBe(served);
  });

  it('is never weighed by what lies in two folds, though a model that has not seen it is asked', () => {
    const place = { folds: [2, 9], use: 'none' } as const;
    expect(honestModel(place, checkpointOf(10))).toBeNull();
    expect(askedModel(place, checkpointOf(10)).ref).toBe('part-2');
  });

  const places = fc.oneof(
    fc.nat(foldCount - 1).map((fold): Pick<Place, 'folds' | 'use'> => evidence(fold)),
    fc.subarray([...report.folds]).map((folds): Pick<Place, 'folds' | 'use'> => ({ folds, use: 'none' })),
    fc.constant<Pick<Place, 'folds' | 'use'>>(report),
  );

  it('has not trained what it judges, and is the one that is asked wherever there is one', () => {
    fc.assert(
      fc.property(places, fc.constantFrom<Parts>(5, 10), fc.subarray([...report.folds]), (place, parts, trained) => {
        const checkpoint = checkpointOf(parts, trained);
        const honest = honestModel(place, checkpoint);
        const asked = askedModel(place, checkpoint);
        if (honest !== null) expect(asked).toBe(honest);
        if (honest === null || honest === served) return;
        const part = Number(honest.ref.replace('part-', ''));
        expect(isHeldOut(place.folds, part, parts)).toBe(true);
      }),
    );
  });

  it('stays unseen when ten parts follow five, since each part of ten lies in one of five', () => {
    for (let fold = 0; fold < foldCount; fold += 1) {
      for (let other = 0; other < foldCount; other += 1) {
        if (partOf(fold, 10) === partOf(other, 10)) expect(partOf(fold, 5)).toBe(partOf(other, 5));
      }
    }
  });
});
