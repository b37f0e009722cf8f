import { type ErrorName, errorTable, RatchetError } from '../../../domain/base/errors.ts';
import type { Failed } from '../../../ports/long-work.ts';

/** What a job says of its failure. */
export interface JobFault {
  readonly name: string;
  readonly message: string;
  readonly mend: string;
}

/**
 * A job's fault as Ratchet has faults; a name that is none of its table's is a training that failed. @throws never
 */
export function faultOf({ name, message, mend }: JobFault): RatchetError {
  const known: ErrorName = RatchetError.isName(name) ? name : 'TrainingFailed';
  return new RatchetError(known, message, { mend });
}

/**
 * How work ends that a job's fault has ended: what may be tried again is told, so that whoever waits counts the attempts.
 * @throws RatchetError for what another attempt would not mend
 */
export function failedBy(fault: JobFault): Failed {
  const error = faultOf(fault);
  if (!errorTable[error.name].retry) throw error;
  return { status: 'failed', name: error.name, message: `${error.message} ${error.mend}` };
}
