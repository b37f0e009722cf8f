import { z } from 'zod';
import { asOutput, type Output } from '../../domain/base/output.ts';

export const labelSchema = z.string().trim().min(1).max(200);

/** The label that an output of a classification is. @throws TypeError for an output of another kind of task */
export function labelOf(output: Output): string {
  const value: unknown = output;
  if (typeof value === 'string') return value;
  throw new TypeError('an output of a classification is a label');
}

/** A label as an output. */
export function labelOutput(label: string): Output {
  return asOutput(label);
}
