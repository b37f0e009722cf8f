import { z } from 'zod';
import type { TaskKind } from '../base/task-kind.ts';
import type { PinnedRecord } from '../traces/trace-record.ts';
import { firstMistake } from './first-mistake.ts';
import { type StepMistake, stepMistakeSchema } from './step-mistake.ts';
import { type Step, stepText } from './step-text.ts';

/** A step as it is shown: what sort it is, who took it, and what it says. */
export const shownStepSchema = z.strictObject({ type: z.string(), who: z.string().nullable(), text: z.string() });
export type ShownStep = z.infer<typeof shownStepSchema>;

/** How an answer came about, and the first mistake that the way there shows; null where none does. */
export const wayToAnswerSchema = z.strictObject({
  /** The first ones. */
  steps: z.array(shownStepSchema),
  /** Of all. */
  count: z.int(),
  mistake: stepMistakeSchema.nullable(),
});
export type WayToAnswer = z.infer<typeof wayToAnswerSchema>;

const mostSteps = 60;
const longestStep = 600;

/** How the answer on record came about; null where no steps are on record. */
export function wayToAnswer(
  { input, steps, recorded }: Pick<PinnedRecord, 'input' | 'steps' | 'recorded'>,
  kind: Pick<TaskKind, 'show'>,
): WayToAnswer | null {
  if (steps === null || steps.length === 0) return null;
  const mistake = firstMistake({ input, steps, answer: recorded === null ? null : kind.show(recorded) });
  return { steps: steps.slice(0, mostSteps).map(shownStep), count: steps.length, mistake };
}

function shownStep(step: Step): ShownStep {
  const text = stepText(step);
  return {
    type: step.type,
    who: step.name?.slice(0, 100) ?? null,
    text: text.length <= longestStep ? text : `${text.slice(0, longestStep - 1).toWellFormed()}…`,
  };
}

/** A mistake in a sentence, by the step that it is of, counted from 1. */
export function mistakeInWords({ step, who, cause, why }: StepMistake): string {
  return `step ${step + 1}${who === null ? '' : ` (${who})`}, ${cause}: ${why}`;
}
