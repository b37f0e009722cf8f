import type { Grade, Score } from '../../domain/base/task-kind.ts';
import { wilsonScore } from '../../domain/base/wilson.ts';

export const entityF1Name = 'entity F1';

/**
 * Micro-averaged F1 of entities that agree in label and place, as `seqeval` has it. The interval comes from Wilson's of
 * the share of true positives among all entities that are in either set, j = tp / (tp + fp + fn): F1 = 2 j / (1 + j)
 * rises with it. Where neither set has an entity, F1 is 1.
 */
export function entityF1(grades: readonly Pick<Grade, 'parts'>[]): Score {
  let right = 0;
  let wrong = 0;
  for (const { parts } of grades) {
    for (const { tp, fp, fn } of parts) {
      right += tp;
      wrong += fp + fn;
    }
  }
  if (right + wrong === 0) return { metric: entityF1Name, value: grades.length === 0 ? 0 : 1, lower: 0, upper: 1 };
  const { lower, upper } = wilsonScore(right, right + wrong);
  const f1 = (share: number): number => (2 * share) / (1 + share);
  return { metric: entityF1Name, value: f1(right / (right + wrong)), lower: f1(lower), upper: f1(upper) };
}
