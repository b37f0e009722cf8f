import { executionLink } from '../../shared/adapters/aws/aws-console-links.ts';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import { type RunResult, runResultSchema } from '../../shared/loop/state/run-result.ts';
import { failureOf } from '../../shared/operations/end-run.ts';
import { unknownModel } from '../../shared/ports/unknown-model.ts';
import type { TimedProgressUi } from '../progress.ts';
import { findOrBeginRun, type WantedRun } from '../runtime/find-run.ts';
import { watchStates } from '../runtime/watch-states.ts';
import { followExecution } from './follow-execution.ts';
import { HistoryStates } from './history-states.ts';
import type { ExecutionState } from './stack-executions.ts';
import type { StackPlace } from './stack-place.ts';

export interface StackRunRequest extends WantedRun {
  /** Shows the newest run's execution instead of starting one. */
  readonly follow: boolean;
  /** Whether each item of a Map is shown; else they are counted. */
  readonly verbose: boolean;
  /** Milliseconds between two looks at the execution. */
  readonly pollMs?: number;
  /** Takes what is to be told when a signal ends this process, which does not end the execution. */
  readonly onStop?: ((text: string) => void) | undefined;
}

/**
 * Runs the improvement loop on a stack's state machine and shows it as on a laptop. A run that was broken off is taken
 * up again.
 * @throws RatchetError UnknownModel, NoChampion, LeaseHeld, UnknownRun (with `follow`), and the fault that ended the
 * run
 */
export async function runOnStack(stack: StackPlace, request: StackRunRequest, ui: TimedProgressUi): Promise<RunResult> {
  const arn = request.follow ? await executionToFollow(stack, request) : await startExecution(stack, request, ui);
  const link = executionLink(arn);
  ui.note(`Execution: ${arn}`);
  if (link !== null) ui.note(`Console: ${link}`);
  request.onStop?.(
    `The execution goes on. To see it again: ratchet run ${request.modelId} --stack ${stack.name} --follow`,
  );
  const states = new HistoryStates(await stack.executions.definition(arn), watchStates(ui, request));
  const ended = await followExecution(
    stack.executions,
    arn,
    (event) => ui.at(event.timestamp?.getTime() ?? stack.ports.clock.now(), () => states.take(event)),
    request.pollMs,
  );
  return resultOf(ended);
}

async function startExecution(stack: StackPlace, request: StackRunRequest, ui: TimedProgressUi): Promise<string> {
  await refuseWhileStarting(stack, request);
  const { runId, modelId, seed } = await findOrBeginRun(request, stack.ports, ui);
  return stack.executions.start({ runId, modelId, seed });
}

/**
 * A run that an event has just begun has no lease yet; with the same seed it is joined, with another it must not be
 * given up.
 */
async function refuseWhileStarting({ ports, executions }: StackPlace, { modelId, seed }: WantedRun): Promise<void> {
  const run = (await ports.lineage.listRuns(modelId)).at(-1);
  if (run?.status !== 'running' || seed === null || seed === run.seed) return;
  const arn = await executions.find(run);
  if (arn === undefined || (await executions.describe(arn)).status !== 'RUNNING') return;
  throw new RatchetError('LeaseHeld', `Run ${run.runId} of ${modelId} is active: ${arn} works on it.`);
}

async function executionToFollow(stack: StackPlace, { modelId }: StackRunRequest): Promise<string> {
  const { ports, executions, name } = stack;
  if ((await ports.lineage.getControl(modelId)) === undefined) throw await unknownModel(modelId, ports);
  const run = (await ports.lineage.listRuns(modelId)).findLast(({ failure }) => failure?.name !== 'LeaseHeld');
  const arn = run === undefined ? undefined : await executions.find(run);
  if (arn !== undefined) return arn;
  throw new RatchetError('UnknownRun', `Model ${modelId} has no execution on stack ${name}.`, {
    mend: `Start one: ratchet run ${modelId} --stack ${name}`,
  });
}

function resultOf({ status, output, error, cause }: ExecutionState): RunResult {
  if (status === 'SUCCEEDED') return runResultSchema.parse(JSON.parse(output ?? 'null'));
  const ended = status === 'ABORTED' || status === 'TIMED_OUT' ? status : 'FAILED';
  const failure = failureOf({
    status: ended,
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause }),
  });
  throw RatchetError.isName(failure.name)
    ? new RatchetError(failure.name, failure.cause, { mend: failure.mend })
    : new RatchetError('StageFailed', `${failure.name}: ${failure.cause}`, { mend: failure.mend });
}
