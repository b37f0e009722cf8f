import { type ErrorName, RatchetError } from '../domain/base/errors.ts';
import type { Problem } from './messages.ts';

const statuses: Partial<Record<ErrorName, number>> = {
  InvalidInput: 400,
  UnknownModel: 404,
  UnknownCheckpoint: 404,
  NoChampion: 409,
  StorageFailure: 503,
  StaleVersion: 503,
};

/** A fault as an answer. Of what no rule knows nothing is told but that it happened. */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof RatchetError)) {
    return {
      type: 'about:blank',
      title: 'InternalError',
      status: 500,
      detail: 'The server is at fault; its log says more.',
    };
  }
  const status = statuses[error.name] ?? 500;
  return { type: 'about:blank', title: error.name, status, detail: error.message, mend: error.mend };
}

/** A fault of the request itself. */
export function refusal(status: number, title: string, detail: string, mend?: string): Problem {
  return { type: 'about:blank', title, status, detail, ...(mend === undefined ? {} : { mend }) };
}
