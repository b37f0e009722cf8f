import type { CommittedBatch } from './trace-batches.ts';

/** Where nothing bounds the time of a batch. */
export const noTimeAfter = '9999-12-31';

const earliestClock = Date.parse('2000-01-01T00:00:00Z');

/**
 * The latest time that a trace of each batch can have, by position: what came in before another batch did is not of the
 * time after it, but for two days that clocks and zones may differ by. A clock that stood ahead puts nothing before what came later; one of before the year 2000 says nothing.
 */
export function latestTimes(commits: readonly CommittedBatch[]): ReadonlyMap<number, string> {
  const bounds = new Map<number, string>();
  let bound = Number.POSITIVE_INFINITY;
  for (const { position, appendedAt } of commits.toReversed()) {
    const at = Date.parse(appendedAt);
    if (at >= earliestClock) bound = Math.min(bound, at);
    if (Number.isFinite(bound)) bounds.set(position, new Date(bound).toISOString());
  }
  return bounds;
}
