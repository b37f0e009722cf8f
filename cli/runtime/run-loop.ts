import type { StateHandler } from '../../shared/loop/engine/run-state.ts';
import { type RunResult, runResultSchema } from '../../shared/loop/state/run-result.ts';
import { type EndedExecution, endRun } from '../../shared/operations/end-run.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import type { ProgressUi } from '../progress.ts';
import type { Workspace } from '../workspace.ts';
import { findOrBeginRun, type WantedRun } from './find-run.ts';
import { causeFor, LocalStateMachine } from './local-state-machine.ts';
import { watchStates } from './watch-states.ts';

export interface RunRequest extends WantedRun {
  /** Milliseconds to wait before a step is tried again; as the state machine says by default. */
  readonly retryWaitMs?: number;
  /** Whether each item of a Map is shown; else they are counted. */
  readonly verbose?: boolean;
  /** What runs each Task state; the stages by default. */
  readonly handlers?: ReadonlyMap<string, StateHandler>;
}

/**
 * Runs the improvement loop for one model to its end. A run that was broken off is taken up again: what it had
 * completed is passed over, and it ends as it would have ended undisturbed.
 * @throws RatchetError UnknownModel, NoChampion, LeaseHeld, and the fault that ended the run
 */
export async function runLoop(workspace: Workspace, request: RunRequest, ui: ProgressUi): Promise<RunResult> {
  const { ports, owner } = workspace;
  const run = await findOrBeginRun(request, ports, ui);
  const { retryWaitMs, handlers, verbose = false } = request;
  const machine = new LocalStateMachine(ports, watchStates(ui, { verbose }), {
    ...(retryWaitMs !== undefined && { retryWaitMs }),
    ...(handlers !== undefined && { handlers }),
  });
  const input = { run: { runId: run.runId, modelId: run.modelId, seed: run.seed } };
  try {
    return runResultSchema.parse(await machine.execute(owner, input));
  } catch (error) {
    await recordEnd({ run: input.run, owner, ...causeFor(error) }, ports, ui);
    throw error;
  }
}

/** A failure that cannot be recorded (a full disk) is told, and does not hide what had failed. */
async function recordEnd(failed: Omit<EndedExecution, 'status'>, ports: Ports, ui: ProgressUi): Promise<void> {
  try {
    await endRun({ ...failed, status: 'FAILED' }, ports);
  } catch (error) {
    ui.note(`The failure could not be recorded: ${error instanceof Error ? error.message : String(error)}`);
  }
}
