import { z } from 'zod';
import { type RootCause, rootCauseSchema } from '../diagnosis/root-cause.ts';
import type { Step } from './step-text.ts';

/** What went wrong at a step, as far as the steps themselves tell. */
export const stepMistakeSchema = z.strictObject({
  /** Index among the steps. */
  step: z.int().nonnegative(),
  /** Who took it: the step's name; null where it has none. */
  who: z.string().nullable(),
  cause: rootCauseSchema,
  /** A sentence. */
  why: z.string(),
});
export type StepMistake = z.infer<typeof stepMistakeSchema>;

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
