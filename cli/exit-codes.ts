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

/** The codes with what they mean, for the reference. */
export function describeExitCodes(): readonly (readonly [string, string])[] {
  return [
    [`${exitCodes.done}`, 'done'],
    [
      `${exitCodes.fault}`,
      'a fault: of the disk, of AWS, of damaged data, of a lease that another run holds; `doctor`: there is a problem',
    ],
    [`${exitCodes.badInput}`, 'bad usage, or input of which nothing could be used'],
    [`${exitCodes.kept}`, 'the run ended and the champion stayed, too little evidence included'],
    [
      '128 + n',
      'stopped by signal n (130: Ctrl-C); the same command goes on from there; a run on a stack goes on by itself',
    ],
  ];
}

const mistakesOfTheCaller: ReadonlySet<ErrorName> = new Set([
  'InvalidInput',
  'UnknownModel',
  'ModelExists',
  'UnknownRun',
  'UnknownCheckpoint',
  'NoChampion',
]);

/** The exit code of a thrown value: what the caller can mend by another command line or other input is 2, the rest 1. */
export function exitCodeOf(error: unknown): ExitCode {
  return error instanceof RatchetError && mistakesOfTheCaller.has(error.name) ? exitCodes.badInput : exitCodes.fault;
}
