import { z } from 'zod';
import { errorTable, RatchetError } from '../domain/base/errors.ts';
import { readFaultText } from '../domain/base/fault-text.ts';
import type { Run } from '../domain/models/run.ts';
import { runRefSchema } from '../domain/models/run-ref.ts';
import type { Ports } from '../ports/ports.ts';
import { giveLeaseBack } from './lease.ts';

/** The end of an execution, as Step Functions tells it (and a laptop likewise). */
export const endRunInputSchema = z.strictObject({
  run: runRefSchema,
  /** Who executed. */
  owner: z.string(),
  status: z.enum(['SUCCEEDED', 'FAILED', 'ABORTED', 'TIMED_OUT']),
  /** Name of the error of the step that failed, or of what a person gave when stopping the execution. */
  error: z.string().optional(),
  cause: z.string().optional(),
});
export type EndedExecution = z.infer<typeof endRunInputSchema>;

/**
 * Comes after an execution, however it ended, since a stopped one cannot clean up after itself: keeps the cause of a
 * failure in words that a person can act on, ends the run's record and gives the lease back. Where another execution
 * has taken this very run over, record and lease are its own and stay as they are. Doing it again changes nothing.
 * @returns the run's record; undefined when none was ever written
 */
export async function endRun(rawInput: unknown, ports: Ports): Promise<Run | undefined> {
  const ended = endRunInputSchema.parse(rawInput);
  const { run, owner } = ended;
  const lease = (await ports.lineage.getControl(run.modelId))?.lease;
  const takenOver = lease?.runId === run.runId && lease.owner !== owner;
  const record = await ports.lineage.getRun(run.runId);
  if (record?.status === 'running' && ended.status !== 'SUCCEEDED' && !takenOver) {
    const failure = failureOf(ended);
    const finishedAt = new Date(ports.clock.now()).toISOString();
    await ports.lineage.putRun({ ...record, status: 'failed', finishedAt, reason: failure.cause, failure });
  }
  if (lease?.runId === run.runId) await giveLeaseBack(run, owner, ports);
  return ports.lineage.getRun(run.runId);
}

type Failure = NonNullable<Run['failure']>;

/** Why an execution did not succeed: name, cause and mend as they are kept in the run's record. */
export function failureOf({ status, error = '', cause = '' }: Omit<EndedExecution, 'run' | 'owner'>): Failure {
  if (status === 'ABORTED') {
    const said = [error, cause].filter((text) => text !== '').join(': ');
    return ended('ExecutionStopped', `The execution was stopped${said === '' ? '' : ` (${said})`}.`);
  }
  if (status === 'TIMED_OUT') return ended('ExecutionTimedOut', 'The execution took longer than it may.');
  const told = readCause(cause);
  const name = told.name ?? error;
  const mend =
    told.mend ??
    (RatchetError.isName(name)
      ? errorTable[name].mend
      : 'See the log of the stage that failed, then start the run again: completed stages are passed over.');
  return { name, cause: told.cause, mend };
}

function ended(name: 'ExecutionStopped' | 'ExecutionTimedOut', cause: string): Failure {
  return { name, cause, mend: errorTable[name].mend };
}

const causeSchema = z.object({
  errorType: z.string().optional(),
  errorMessage: z.string(),
  mend: z.string().optional(),
});

/**
 * A cause is a JSON text with the message in it, as a Lambda function gives it and a laptop likewise; else it is the
 * message.
 */
function readCause(text: string): { name?: string | undefined; cause: string; mend?: string | undefined } {
  try {
    const parsed = causeSchema.safeParse(JSON.parse(text));
    if (!parsed.success) return { cause: text };
    const { errorType, errorMessage, mend } = parsed.data;
    const told = readFaultText(errorMessage);
    return { name: errorType, cause: told.message, mend: mend ?? told.mend };
  } catch {
    return { cause: text };
  }
}
