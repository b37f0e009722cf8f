import { formatCount, plural } from '../../domain/base/wording.ts';
import type { RunPlan } from './run-plan.ts';

/** What a run did not look at, and why, as a sentence. @param read traces that it looked at */
export function leftOutWords({ traces, by }: NonNullable<RunPlan['leftOut']>, read: number): string {
  const why =
    by === 'setting'
      ? 'the setting snapshotLimit allows no more'
      : 'so many are what a run can go through in the functions of this deployment';
  return `${plural(traces, 'older trace')} left out: the run looked at the ${formatCount(read)} newest, since ${why}.`;
}
