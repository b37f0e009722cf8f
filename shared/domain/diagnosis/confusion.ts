import type { Output } from '../models/task.ts';
import type { Taxonomy } from './taxonomy.ts';

export type Confusion = Taxonomy['confusions'][number];

function order(a: Output | null, b: Output | null): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return a < b ? -1 : 1;
}

/** How often each right output was answered with each other one; commonest first, ties by label, no answer last. */
export function confusionCounts(
  failures: Iterable<{ readonly expected: Output; readonly answer: Output | null }>,
): Confusion[] {
  const counts = new Map<Output, Map<Output | null, number>>();
  for (const { expected, answer } of failures) {
    const row = counts.get(expected) ?? new Map<Output | null, number>();
    row.set(answer, (row.get(answer) ?? 0) + 1);
    counts.set(expected, row);
  }
  return [...counts]
    .flatMap(([expected, row]) => [...row].map(([answered, count]) => ({ expected, answered, count })))
    .sort((a, b) => b.count - a.count || order(a.expected, b.expected) || order(a.answered, b.answered));
}
