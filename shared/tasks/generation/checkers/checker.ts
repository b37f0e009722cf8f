import type { Json } from '../../../domain/base/json.ts';
import type { Grade, GradePart, OutputProblem, Pattern, Score, TaskWords } from '../../../domain/base/task-kind.ts';

/** What makes an answer right. It gets answers without their reasoning. */
export interface Checker {
  /** Where parts of an answer are right or wrong each on its own. */
  readonly words?: TaskWords['parts'];
  /** Equal where two answers say the same to the letter of this check. */
  key(answer: Json): string;
  /** `undecided` where somebody has to judge. */
  same(a: Json, b: Json): boolean | 'undecided';
  /** Part that is right, a fraction, and what of it by facet. */
  credit(expected: Json, answer: Json): { readonly credit: number; readonly parts: readonly GradePart[] };
  /** What an answer is about. */
  facets(answer: Json): readonly string[];
  /** Why nothing can be held against this as the right output; null where it can. */
  problem(expected: Json): OutputProblem | null;
  /** What is wrong with a wrong answer. */
  pattern(expected: Json, answer: Json): Pattern;
  /** The score of many; the share of right ones without it. */
  score?(grades: readonly Grade[]): Score;
}

/** Of checks that take an answer as a whole. */
export const asWhole = {
  credit: () => ({ credit: 0, parts: [] }),
  facets: () => [],
  problem: () => null,
} satisfies Partial<Checker>;
