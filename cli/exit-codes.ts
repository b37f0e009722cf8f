import { type ErrorName, RatchetError } from '../shared/domain/base/errors.ts';

/** How the process ends; the table is in DESIGN.md, "The command line". */
export const exitCodes = {
  done: 0,
  /** A fault. */
  fault: 1,
  /** Bad usage, or input of which nothing could be used. */
  badInput: 2,
  /** The run ended and the champion stayed. */
  kept: 3,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
const mistakesOfTheCaller: ReadonlySet<ErrorName> = new Set([
  'InvalidInput',
  'UnknownModel',
  'ModelExists',
  'UnknownRun',
  'UnknownCheckpoint',
  'NoChampion',
]);

/**
 * The exit code of a thrown value: what the caller can mend by another command line or other input is 2, the rest 1.
 */
export function exitCodeOf(error: unknown): ExitCode {
  return error instanceof RatchetError && mistakesOfTheCaller.has(error.name) ? exitCodes.badInput : exitCodes.fault;
}
