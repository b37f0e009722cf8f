import type { ChampionMove } from '../domain/models/control.ts';
import { labelChangesOf, type ModelChange } from '../domain/models/model-change.ts';
import type { Run } from '../domain/models/run.ts';
import type { BatchSummary } from '../ports/trace-log.ts';

/** Up to where a run has seen what there was, by the order of things. */
export interface Seen {
  /** Position in the trace log. */
  readonly batches: number;
  /** How many label changes. */
  readonly labelChanges: number;
}

type Past = {
  readonly history: readonly BatchSummary[];
  readonly model: { readonly changes: readonly ModelChange[] };
};

/** What a run has seen. Of one that did not keep it, of an earlier version, clocks tell as well as they can. */
export function seenBy(
  { begun, startedAt }: Pick<Run, 'startedAt'> & Partial<Pick<Run, 'begun'>>,
  { history, model }: Past,
): Seen {
  const changes = model.changes.filter(({ what, at }) => what === 'labels' && isBy(at, startedAt));
  return {
    batches: begun?.batches ?? positionAt(startedAt, history),
    labelChanges: begun?.labelChanges ?? labelChangesOf({ changes }).length,
  };
}

/** Up to where the log was when the champion was moved, or by when the run that moved it began. */
export function movedAt(
  move: Pick<ChampionMove, 'at' | 'by' | 'batches'>,
  runs: readonly Run[],
  history: readonly BatchSummary[],
): number {
  return move.batches ?? runs.find(({ runId }) => runId === move.by)?.begun?.batches ?? positionAt(move.at, history);
}

/** Position of the last batch of which the clock says that it came by that time (ISO 8601). */
export function positionAt(time: string, history: readonly BatchSummary[]): number {
  return history.findLast(({ appendedAt }) => isBy(appendedAt, time))?.position ?? 0;
}

function isBy(at: string, time: string): boolean {
  return Date.parse(at) <= Date.parse(time);
}
