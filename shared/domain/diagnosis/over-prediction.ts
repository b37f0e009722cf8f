import { z } from 'zod';
import type { Output } from '../base/output.ts';
import type { TaskKind, TaskWords } from '../base/task-kind.ts';
import { formatCount, withArticle } from '../base/wording.ts';

/** What wrong answers have too much of and what they lack, each part of an output counted for itself. */
export const excessSchema = z.strictObject({ spurious: z.int().nonnegative(), missed: z.int().nonnegative() });
export type Excess = z.infer<typeof excessSchema>;

/** Fewer spurious parts than this are no habit. */
const fewest = 20;
/** So many times what is missed: far beyond what boundaries and types that are wrong give, which count on both sides. */
const byFar = 2;

/** Counts what answers have too much of and lack. Of a classification each wrong answer is one of either. */
export function excessOf(
  answers: Iterable<{ readonly expected: Output; readonly answer: Output | null }>,
  kind: Pick<TaskKind, 'grade'>,
): Excess {
  let spurious = 0;
  let missed = 0;
  for (const { expected, answer } of answers) {
    for (const { fp, fn } of kind.grade(expected, answer).parts) {
      spurious += fp;
      missed += fn;
    }
  }
  return { spurious, missed };
}

/** Whether a model answers far more than there is. */
export function overPredicts({ spurious, missed }: Excess): boolean {
  return spurious >= fewest && spurious >= byFar * missed;
}

/** Over-prediction as a sentence; null where there is none. */
export function overPredictionNote(excess: Excess, { facet }: Pick<TaskWords, 'facet'>): string | null {
  if (!overPredicts(excess)) return null;
  return (
    `The model answers too much: ${formatCount(excess.spurious)} times ${withArticle(facet)} stands where there is none, ` +
    `${formatCount(excess.missed)} times one is missed. Texts that hold none teach it to hold back, and so does a higher threshold.`
  );
}
