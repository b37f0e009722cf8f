import type { Mark } from '../base/task-kind.ts';

/** A place that an output may name, and the probability that the right one does. */
export interface LikelyPlace extends Mark {
  readonly probability: number;
}

/** Places that are less likely are only named where somebody asks about them. */
export const namedFrom = 0.005;
