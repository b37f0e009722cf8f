import type { MiddlewareObj } from '@middy/core';
import { z } from 'zod';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import { faultText } from '../../shared/domain/base/fault-text.ts';
import { logger } from './powertools.ts';

/**
 * An error as Lambda may tell it: Step Functions matches on its name, so a fault of ours keeps its literal one, and the
 * message carries the mend too, since Lambda tells nothing else. What zod finds is bad input. All else stays as it is.
 * The cause is left out: those of decoders quote what they could not read, which may be text of traces.
 */
export function toldFault(error: unknown): Error {
  if (error instanceof z.ZodError) {
    return toldFault(
      new RatchetError('InvalidInput', `This is not what the function takes: ${z.prettifyError(error)}`),
    );
  }
  if (!(error instanceof RatchetError)) return error instanceof Error ? error : new Error(String(error));
  const told = Object.assign(new Error(faultText(error)), { name: error.name });
  if (error.stack !== undefined) told.stack = error.stack;
  return told;
}

/** Logs what went wrong, and has Lambda tell it so that the state machine can act on it. */
export function tellFaults(): MiddlewareObj {
  return {
    onError(request) {
      const { name, message, stack } = toldFault(request.error);
      logger.error('failed', { fault: name, reason: message, stack });
      request.error = toldFault(request.error);
    },
  };
}
