import type { z } from 'zod';
import type { stepSchema } from '../traces/trace.ts';

export type Step = z.infer<typeof stepSchema>;

/** More of a step is not read. */
const longest = 20_000;

/** What a step says: its output, else its input; what is no text as JSON. */
export function stepText(step: Step): string {
  return textOf(step.output ?? step.input).slice(0, longest);
}

/** What a step was given, to be compared with another's. */
export function stepInput(step: Step): string {
  return textOf(step.input ?? step.output).slice(0, longest);
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
