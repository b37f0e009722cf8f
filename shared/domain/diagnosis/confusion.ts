import { z } from 'zod';
import type { Output } from '../base/output.ts';
import type { TaskKind } from '../base/task-kind.ts';
import { compareText } from '../base/text.ts';

/** How often a pattern of failure occurs. */
export const confusionSchema = z.strictObject({
  /** The pattern's, see `Pattern`. */
  key: z.string(),
  title: z.string(),
  facets: z.array(z.string()),
  count: z.int(),
});
export type Confusion = z.infer<typeof confusionSchema>;

/**
 * How often right outputs were answered wrongly, by the pattern of the failure; commonest first, ties by the pattern's
 * key.
 */
export function confusionCounts(
  failures: Iterable<{ readonly expected: Output; readonly answer: Output | null }>,
  kind: Pick<TaskKind, 'pattern'>,
): Confusion[] {
  const counts = new Map<string, Confusion>();
  for (const { expected, answer } of failures) {
    const { key, title, facets } = kind.pattern(expected, answer);
    const known = counts.get(key);
    if (known === undefined) counts.set(key, { key, title, facets: [...facets], count: 1 });
    else known.count += 1;
  }
  return [...counts.values()].sort((a, b) => b.count - a.count || compareText(a.key, b.key));
}
