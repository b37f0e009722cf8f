import { leaseIsLive } from '../../shared/domain/control.ts';
import type { Run } from '../../shared/domain/run.ts';
import { errorTable, RatchetError } from '../../shared/errors.ts';
import type { Ports } from '../../shared/stages/ports.ts';
import { type RunResult, runResultSchema } from '../../shared/stages/write-report.ts';
import type { ProgressUi } from '../progress.ts';
import type { Workspace } from '../workspace.ts';
import { LocalStateMachine } from './local-state-machine.ts';
import { watchStates } from './watch-states.ts';

export interface RunRequest {
  readonly modelId: string;
  /** Null takes that of the run that is resumed, or 1. */
  readonly seed: number | null;
}

/**
 * Runs the improvement loop for one model to its end. A run that was broken off is taken up again: what it had completed is
 * passed over, and it ends as it would have ended undisturbed.
 * @throws RatchetError UnknownModel, NoChampion, LeaseHeld, and the fault that ended the run
 */
export async function runLoop(workspace: Workspace, request: RunRequest, ui: ProgressUi): Promise<RunResult> {
  const { ports, owner } = workspace;
  const run = await findOrBegin(request, ports, ui);
  const machine = new LocalStateMachine(ports, watchStates(ui));
  const input = { run: { runId: run.runId, modelId: run.modelId, seed: run.seed } };
  try {
    return runResultSchema.parse(await machine.execute(owner, input));
  } catch (error) {
    throw await recordedFault(run.runId, error, ports);
  }
}

async function findOrBegin(request: RunRequest, ports: Ports, ui: ProgressUi): Promise<Run> {
  const { modelId } = request;
  const control = await ports.lineage.getControl(modelId);
  if (control === undefined) throw new RatchetError('UnknownModel', `There is no model named ${modelId}.`);
  if (control.championId === null)
    throw new RatchetError('NoChampion', `Model ${modelId} has no champion yet, so there is nothing to improve.`);
  await refuseWhileActive(modelId, ports);
  const broken = (await ports.lineage.listRuns(modelId)).findLast((run) => run.status === 'running' || mayGoOn(run));
  if (broken !== undefined && (request.seed === null || request.seed === broken.seed)) {
    ui.note(`Run ${broken.runId} was broken off; it goes on where it stopped.`);
    const resumed: Run = { ...broken, status: 'running', finishedAt: null, reason: '', failure: null };
    await ports.lineage.putRun(resumed);
    return resumed;
  }
  if (broken !== undefined) {
    const finishedAt = new Date(ports.clock.now()).toISOString();
    await ports.lineage.putRun({
      ...broken,
      status: 'failed',
      finishedAt,
      reason: 'Broken off, and given up for a run with another seed.',
    });
  }
  const run: Run = {
    runId: ports.ids.next('run'),
    modelId,
    seed: request.seed ?? 1,
    status: 'running',
    championId: control.championId,
    startedAt: new Date(ports.clock.now()).toISOString(),
    finishedAt: null,
    decision: null,
    reason: '',
    resultId: null,
    reportKey: null,
    failure: null,
  };
  await ports.lineage.putRun(run);
  return run;
}

/** A run that a passing fault ended, such as a full disk, goes on; one that would fail again does not. */
function mayGoOn({ status, failure }: Run): boolean {
  return status === 'failed' && failure !== null && RatchetError.isName(failure.name) && errorTable[failure.name].retry;
}

/** Asks before a run is begun or taken up, so that a run of another process is neither doubled nor given up. */
async function refuseWhileActive(modelId: string, ports: Ports): Promise<void> {
  const control = await ports.lineage.getControl(modelId);
  const lease = control?.lease;
  if (lease === null || lease === undefined || !leaseIsLive(lease, ports.clock.now())) return;
  if (await ports.owners.isGone(lease.owner)) return;
  throw new RatchetError(
    'LeaseHeld',
    `Run ${lease.runId} of ${modelId} is active: ${lease.owner} holds the lease until ${new Date(lease.expiresAt).toISOString()}.`,
  );
}

/** The fault as the machine recorded it, with its name and mend; else the error as it came. */
async function recordedFault(runId: string, error: unknown, ports: Ports): Promise<unknown> {
  const failure = (await ports.lineage.getRun(runId))?.failure;
  if (failure === null || failure === undefined) return error;
  return RatchetError.isName(failure.name)
    ? new RatchetError(failure.name, failure.cause, { cause: error, mend: failure.mend })
    : new Error(`${failure.name}: ${failure.cause}`, { cause: error });
}
