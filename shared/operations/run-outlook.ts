import type { DriftState } from '../domain/drift/drift-state.ts';
import { signalNames } from '../domain/drift/drift-words.ts';
import { type Control, type Lease, leaseKeepsOut } from '../domain/models/control.ts';
import type { Model } from '../domain/models/model.ts';
import { letInAfter } from '../domain/models/model-change.ts';
import type { Run } from '../domain/models/run.ts';
import { type Due, isRunDue, type Trigger } from '../domain/policy/run-trigger.ts';
import type { Ports } from '../ports/ports.ts';
import type { BatchSummary } from '../ports/trace-log.ts';
import { leaseHeld } from './lease.ts';
import { movedAt, seenBy } from './seen.ts';

/** What the rules of when a run starts go by. */
export interface ModelState {
  readonly model: Model;
  readonly control: Control;
  /** Those that had the lease (see {@link hadTheLease}), oldest first. */
  readonly runs: readonly Run[];
  /** All batches, oldest first. */
  readonly history: readonly BatchSummary[];
  /** What was seen of the champion's traffic at the last look; null for none. */
  readonly drift: DriftState | null;
}

/**
 * Whether a run would start by itself on fresh traces, where runs start by themselves, and why or why not; nothing is
 * started. One that nobody works on any more is due to go on.
 */
export async function runOutlook(state: ModelState, ports: Pick<Ports, 'owners' | 'clock'>): Promise<Due> {
  const { model, control, runs } = state;
  if (control.championId === null) return { due: false, reason: `Model ${model.modelId} has no champion yet.` };
  const active = await activeRun(control, ports);
  if (active !== null) return { due: false, reason: active };
  const last = runs.at(-1);
  if (last?.status === 'running') {
    const reason = `Run ${last.runId} was broken off; ratchet run ${model.modelId} goes on with it.`;
    return { due: true, reason };
  }
  const due = isDueByHistory('traces-ingested', state);
  if (due.due || last?.status !== 'failed') return due;
  // No other starts by itself for the same traces: a fault that stays would end that one too.
  const reason = `Run ${last.runId} failed, and what it looked at is still to be looked at: ratchet run ${model.modelId}, once what it failed by is mended (ratchet report ${last.runId}).`;
  return { due: false, reason };
}

/** Whether what came into the log makes a run due. */
export function isDueByHistory(trigger: Trigger, { model, control, runs, history, drift }: ModelState): Due {
  const last = lastRun(runs, trigger);
  const seen = last === undefined ? null : seenBy(last, { history, model });
  return isRunDue({
    trigger,
    history,
    championSince: championSince(control, runs, history),
    seen: seen?.batches ?? null,
    letIn: letInAfter(model, seen?.labelChanges ?? 0).judged,
    traces: history.reduce((total, { traces }) => total + traces, 0),
    drift: (drift?.alarms ?? []).map(({ position, signal }) => ({
      position,
      words: signalNames[signal].toLowerCase(),
    })),
    settings: model.settings,
  });
}

/** The lease of the run that is going on; null for none, and for one that keeps nobody out. */
export async function activeLease(
  lease: Lease | null,
  { owners, clock }: Pick<Ports, 'owners' | 'clock'>,
): Promise<Lease | null> {
  if (lease === null) return null;
  return leaseKeepsOut(lease, clock.now(), await owners.stateOf(lease.owner)) ? lease : null;
}

/** Who works on the model now, in words; null for nobody. */
export async function activeRun(
  { modelId, lease }: Control,
  ports: Pick<Ports, 'owners' | 'clock'>,
): Promise<string | null> {
  const active = await activeLease(lease, ports);
  return active === null ? null : leaseHeld(modelId, active, ports.clock.now()).message;
}

/**
 * Position of the log since which the champion answers, by when the run began that promoted it; null when its model has
 * had no other.
 */
export function championSince(
  { moves, championId }: Control,
  runs: readonly Run[],
  history: readonly BatchSummary[],
): number | null {
  const move = moves.findLast(({ kind, to }) => kind !== 'create' && to === championId);
  return move === undefined ? null : movedAt(move, runs, history);
}

/**
 * What a run that failed had before it is not done with, so the schedule counts from the last one that finished. Other
 * triggers come as often as traces do: they count from the last run of all, or a fault that stays would start a run
 * each time.
 */
function lastRun(runs: readonly Run[], trigger: Trigger): Run | undefined {
  return trigger === 'schedule' ? runs.findLast((run) => run.status === 'finished') : runs.at(-1);
}
