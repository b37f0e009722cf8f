import type { PlaceAgreement } from '../../domain/base/task-kind.ts';
import type { FacetReport } from './report-data.ts';

/** 2 tp ÷ (2 tp + fp + fn), a fraction; null of nothing. @param of right ones and answered ones together */
export function f1Of(right: number, of: number): number | null {
  return of === 0 ? null : (2 * right) / of;
}

/** Null where the facet is neither there nor answered. */
export function facetF1({ recall, precision }: FacetReport, when: 'before' | 'after'): number | null {
  return f1Of(recall[when].right, recall[when].of + precision[when].of);
}

/** Recall, precision and F1 of places, one that only overlaps a right one counted half; null of none. */
export function partialOf({ same, overlapping, expected, answered }: PlaceAgreement): {
  readonly recall: number | null;
  readonly precision: number | null;
  readonly f1: number | null;
} {
  const right = same + overlapping / 2;
  return {
    recall: expected === 0 ? null : right / expected,
    precision: answered === 0 ? null : right / answered,
    f1: f1Of(right, expected + answered),
  };
}
