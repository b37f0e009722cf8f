import type { Checkpoint } from '../domain/models/checkpoint.ts';

/** A checkpoint's score as it was measured once. */
export interface RecordedScore {
  /** A fraction. */
  readonly value: number;
  /** On what: `out-of-fold` traffic, or the examples it was created with by `cross-validation` or a `holdout`. */
  readonly measuredBy: 'out-of-fold' | 'cross-validation' | 'holdout';
}

/** The best that is on record of how a checkpoint scores; null where it was never measured. */
export function recordedScore(scores: Checkpoint['scores']): RecordedScore | null {
  const outOfFold = scores['out-of-fold'] ?? scores['traffic-validation'];
  if (outOfFold !== undefined) return { value: outOfFold, measuredBy: 'out-of-fold' };
  for (const measuredBy of ['cross-validation', 'holdout'] as const) {
    const value = scores[measuredBy];
    if (value !== undefined) return { value, measuredBy };
  }
  return null;
}
