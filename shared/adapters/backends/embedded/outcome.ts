import { type ErrorName, RatchetError } from '../../../domain/base/errors.ts';

/** What a worker answers. An error's class does not survive the way between threads, so its parts travel as data. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      readonly name: ErrorName | null;
      readonly message: string;
      readonly cause: string | null;
      /** Absent for an error that is not of ours. */
      readonly mend?: string;
    };

/** The value, or the worker's error thrown again; one that is not of ours becomes the `cause` of a `fallback`. */
export function unwrap<T>(outcome: Outcome<T>, fallback: ErrorName): T {
  if (outcome.ok) {
    return outcome.value;
  }
  const { name, message, cause, mend } = outcome;
  if (name === null) {
    throw new RatchetError(fallback, `The embedded trainer failed: ${message}`, { cause: cause ?? message });
  }
  throw new RatchetError(name, message, {
    ...(cause === null ? {} : { cause }),
    ...(mend === undefined ? {} : { mend }),
  });
}
