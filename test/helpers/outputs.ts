import type { Output } from '../../shared/domain/base/output.ts';
import { labelOutput } from '../../shared/tasks/classification/label.ts';

/** A label as an answer; null for none. */
export function answerOf(label: string | null): Output | null {
  return label === null ? null : labelOutput(label);
}
