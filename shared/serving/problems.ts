import { type ErrorName, RatchetError } from '../domain/base/errors.ts';
import type { Problem } from './messages.ts';

const statuses: Partial<Record<ErrorName, number>> = {
  InvalidInput: 400,
  UnknownModel: 404,
  UnknownCheckpoint: 404,
  UnknownRun: 404,
  NoChampion: 409,
  LeaseHeld: 409,
  EndpointRefused: 502,
  EndpointUnavailable: 502,
  StorageFailure: 503,
  StaleVersion: 503,
};

/** A fault as an answer. Of one that is the server's own, its name alone: paths and what to do are for its log. */
export function problemOf(error: unknown): Problem {
  const title = error instanceof RatchetError ? error.name : 'InternalError';
  const status = (error instanceof RatchetError ? statuses[error.name] : undefined) ?? 500;
  if (error instanceof RatchetError && status < 500) return refusal(status, title, error.message, error.mend);
  const again = status === 503 || title === 'EndpointUnavailable' ? 'Send it again in a while.' : undefined;
  if (status === 502) {
    const what = title === 'EndpointUnavailable' ? 'does not answer' : 'refuses what it is asked';
    return refusal(status, title, `The endpoint that this model is at ${what}; the server's log says more.`, again);
  }
  return refusal(status, title, 'The server is at fault; its log says more.', again);
}

/** A fault of the request itself. */
export function refusal(status: number, title: string, detail: string, mend?: string): Problem {
  return { type: 'about:blank', title, status, detail, ...(mend === undefined ? {} : { mend }) };
}
