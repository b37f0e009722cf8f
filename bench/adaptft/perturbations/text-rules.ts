import type { Output } from '../../../shared/domain/base/output.ts';
import type { TaskKind } from '../../../shared/domain/base/task-kind.ts';
import type { Edited } from './edited.ts';

/** What becomes of a task's outputs as texts change. */
export interface TextRules {
  readonly kind: TaskKind;
  /** What is right of a text that has nothing to do with the task; null where nothing is. */
  readonly ofNothing: Output | null;
  /**
   * The output that is right after the text was changed.
   * @param text before the change
   * @returns null where the change destroys what the output speaks of, so that it must not be made
   */
  carry(output: Output, text: string, edited: Edited): Output | null;
  /** What is right of a text of its own that quotes another, both outputs being true of it. */
  withQuoted(own: Output, quoted: Output): Output;
}
