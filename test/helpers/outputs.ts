import type { Output } from '../../shared/domain/base/output.ts';
import { labelOf, labelOutput } from '../../shared/tasks/classification/label.ts';

/** A label as an answer; null for none. */
export function answerOf(label: string | null): Output | null {
  return label === null ? null : labelOutput(label);
}
/** The label of an answer; null for none. */
export function labelOrNull(output: Output | null): string | null {
  return output === null ? null : labelOf(output);
}
