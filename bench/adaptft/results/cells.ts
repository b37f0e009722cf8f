import type { Difference } from './bootstrap.ts';
import type { ArmSummary } from './summary.ts';
import { interval, percent } from './wording.ts';

/** Accuracy after the last stage, clean / noisy, in per cent; empty where the arm did not take part. */
export function lastOf(arm: ArmSummary | undefined): string {
  const last = arm?.stages.at(-1);
  return last === undefined ? '' : `${percent(last.clean)} / ${percent(last.noisy)}`;
}

/** A difference with its interval; empty where there is none. */
export function intervalOf(difference: Difference | undefined): string {
  return difference === undefined ? '' : interval(difference);
}
