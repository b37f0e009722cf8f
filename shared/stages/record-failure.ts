import { z } from 'zod';
import { errorTable, RatchetError } from '../errors.ts';
import { giveLeaseBack } from './hold-lease.ts';
import type { Ports } from './ports.ts';
import { runRefSchema } from './stage.ts';

export const recordFailureInputSchema = z.strictObject({
  run: runRefSchema,
  failure: z.object({ Error: z.string(), Cause: z.string().optional() }),
});

export interface RecordedFailure {
  readonly error: string;
  readonly cause: string;
}

/** Where a Catch leads: keeps the cause in words that a person can act on, ends the run's record and gives the lease back. */
export async function recordFailure(rawInput: unknown, ports: Ports): Promise<RecordedFailure> {
  const { run, failure } = recordFailureInputSchema.parse(rawInput);
  const name = failure.Error;
  const cause = causeText(failure.Cause ?? '');
  const mend = RatchetError.isName(name)
    ? errorTable[name].mend
    : 'See the log of the stage that failed, then start the run again: completed stages are passed over.';
  const record = await ports.lineage.getRun(run.runId);
  if (record !== undefined && record.status === 'running') {
    await ports.lineage.putRun({
      ...record,
      status: 'failed',
      finishedAt: new Date(ports.clock.now()).toISOString(),
      reason: cause,
      failure: { name, cause, mend },
    });
  }
  await giveLeaseBack(run, ports);
  return { error: name, cause: `${cause} ${mend}`.trim() };
}

/** A Lambda function's cause is a JSON text with the message in it; elsewhere it is the message itself. */
function causeText(cause: string): string {
  try {
    const parsed: unknown = JSON.parse(cause);
    const message = z.object({ errorMessage: z.string() }).safeParse(parsed);
    return message.success ? message.data.errorMessage : cause;
  } catch {
    return cause;
  }
}
