import { z } from 'zod';
import { errorTable, RatchetError } from '../errors.ts';
import { giveLeaseBack } from './hold-lease.ts';
import type { Ports } from './ports.ts';
import { runRefSchema } from './stage.ts';

export const recordFailureInputSchema = z.strictObject({
  run: runRefSchema,
  /** Who executes. */
  owner: z.string(),
  failure: z.object({ Error: z.string(), Cause: z.string().optional() }),
});

export interface RecordedFailure {
  readonly error: string;
  readonly cause: string;
}

/**
 * Where a Catch leads: keeps the cause in words that a person can act on, ends the run's record and gives the lease back.
 * Where another process has taken this very run over, the record and the lease are its own and stay as they are.
 */
export async function recordFailure(rawInput: unknown, ports: Ports): Promise<RecordedFailure> {
  const { run, owner, failure } = recordFailureInputSchema.parse(rawInput);
  const name = failure.Error;
  const { cause, mend: ownMend } = readCause(failure.Cause ?? '');
  const mend =
    ownMend ??
    (RatchetError.isName(name)
      ? errorTable[name].mend
      : 'See the log of the stage that failed, then start the run again: completed stages are passed over.');
  const lease = (await ports.lineage.getControl(run.modelId))?.lease;
  const takenOver = lease?.runId === run.runId && lease.owner !== owner;
  const record = await ports.lineage.getRun(run.runId);
  if (record?.status === 'running' && !takenOver) {
    await ports.lineage.putRun({
      ...record,
      status: 'failed',
      finishedAt: new Date(ports.clock.now()).toISOString(),
      reason: cause,
      failure: { name, cause, mend },
    });
  }
  if (lease?.runId === run.runId) await giveLeaseBack(run, owner, ports);
  return { error: name, cause: `${cause} ${mend}`.trim() };
}

const causeSchema = z.object({ errorMessage: z.string(), mend: z.string().optional() });

/** A Lambda function's cause is a JSON text with the message in it, a laptop's has the fault's own mend too; else it is the message. */
function readCause(text: string): { cause: string; mend?: string | undefined } {
  try {
    const parsed = causeSchema.safeParse(JSON.parse(text));
    return parsed.success ? { cause: parsed.data.errorMessage, mend: parsed.data.mend } : { cause: text };
  } catch {
    return { cause: text };
  }
}
