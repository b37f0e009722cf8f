import { type ErrorName, errorTable, RatchetError } from '../../shared/domain/base/errors.ts';
import { type Control, championMovedSince, leaseKeepsOut } from '../../shared/domain/models/control.ts';
import { hadTheLease, type Run } from '../../shared/domain/models/run.ts';
import { beginRun } from '../../shared/operations/begin-run.ts';
import { leaseHeld } from '../../shared/operations/lease.ts';
import { noChampion } from '../../shared/operations/no-champion.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { unknownModel } from '../../shared/ports/unknown-model.ts';
import type { ProgressUi } from '../progress.ts';

export interface WantedRun {
  readonly modelId: string;
  /** Null takes that of the run that is resumed, or 1. */
  readonly seed: number | null;
  /** US dollars that the agents of a new run may cost; no limit by default. */
  readonly budgetUsd?: number | null;
}

/**
 * The record of the run that goes on: the newest one if it was broken off, else a new one.
 * @throws RatchetError UnknownModel, NoChampion, LeaseHeld
 */
export async function findOrBeginRun(request: WantedRun, ports: Ports, ui: Pick<ProgressUi, 'note'>): Promise<Run> {
  const { modelId } = request;
  const control = await ports.lineage.getControl(modelId);
  if (control === undefined) throw await unknownModel(modelId, ports);
  if (control.championId === null) throw await noChampion(modelId, ports);
  await refuseWhileActive(modelId, ports);
  const runs = (await ports.lineage.listRuns(modelId)).filter(hadTheLease);
  const unfinished = runs.filter(isUnfinished);
  const newest = unfinished.find((run) => run === runs.at(-1));
  const reasonAgainst = newest === undefined ? '' : whyNotTaken(newest, request, control);
  for (const run of unfinished) {
    if (run !== newest) await giveUp(run, 'Broken off, and a later run was begun.', ports);
    else if (reasonAgainst !== '') await giveUp(run, reasonAgainst, ports);
  }
  if (newest !== undefined && reasonAgainst === '') {
    ui.note(`Run ${newest.runId} was broken off; it goes on where it stopped.`);
    const resumed: Run = { ...newest, status: 'running', finishedAt: null, reason: '', failure: null };
    await ports.lineage.putRun(resumed);
    return resumed;
  }
  if (newest !== undefined) ui.note(`Run ${newest.runId} does not go on. ${reasonAgainst}`);
  return beginRun(
    { runId: ports.ids.next('run'), modelId, seed: request.seed ?? 1, budgetUsd: request.budgetUsd ?? null },
    { ...ports, history: ports.traceLog },
  );
}

/** Runs that somebody, or the time limit, has ended, and that no stage has failed. */
const wasEnded = new Set<string>(['ExecutionStopped', 'ExecutionTimedOut'] satisfies ErrorName[]);

/**
 * A run that was broken off, or ended by a passing fault such as a full disk. One that would fail again has failed for
 * good.
 */
function isUnfinished({ status, failure }: Run): boolean {
  if (status === 'running') return true;
  if (status !== 'failed' || failure === null) return false;
  return wasEnded.has(failure.name) || (RatchetError.isName(failure.name) && errorTable[failure.name].retry);
}

/** Why the newest unfinished run is not taken up again; empty when it is. */
function whyNotTaken(run: Run, { seed }: WantedRun, control: Control): string {
  if (seed !== null && seed !== run.seed) return 'Broken off, and given up for a run with another seed.';
  return championMovedSince(control, run) ? 'Broken off, and the champion was moved since.' : '';
}

async function giveUp(run: Run, reason: string, ports: Ports): Promise<void> {
  const finishedAt = new Date(ports.clock.now()).toISOString();
  await ports.lineage.putRun({ ...run, status: 'failed', finishedAt, reason, failure: null });
}

/** Asks before a run is begun or taken up, so that a run of another process is neither doubled nor given up. */
async function refuseWhileActive(modelId: string, ports: Ports): Promise<void> {
  const control = await ports.lineage.getControl(modelId);
  const lease = control?.lease;
  if (lease === null || lease === undefined) return;
  const now = ports.clock.now();
  if (leaseKeepsOut(lease, now, await ports.owners.stateOf(lease.owner))) throw leaseHeld(modelId, lease, now);
}
