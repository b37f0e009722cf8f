import type { RootCause } from '../diagnosis/root-cause.ts';
import type { Step } from './step-text.ts';

/** What went wrong at a step, as far as the steps themselves tell. */
export interface StepMistake {
  /** Index among the steps. */
  readonly step: number;
  /** Who took it: the step's name; null where it has none. */
  readonly who: string | null;
  readonly cause: RootCause;
  /** A sentence. */
  readonly why: string;
}

/** A trace as far as it matters to what went wrong on the way. */
export interface Walk {
  readonly input: string;
  /** What was answered in the end, as a text; null where nothing was. */
  readonly answer: string | null;
  readonly steps: readonly Step[];
}

/** Looks for one sort of mistake, in the order of the steps. */
export type Sign = (walk: Walk) => readonly StepMistake[];

export function mistakeAt({ steps }: Walk, step: number, cause: RootCause, why: string): StepMistake {
  return { step, who: steps[step]?.name ?? null, cause, why };
}
