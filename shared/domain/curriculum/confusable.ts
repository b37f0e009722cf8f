import type { Output } from '../base/output.ts';
import type { TaskKind } from '../base/task-kind.ts';
import type { UsableRecord } from '../traces/trace-record.ts';

type Failure = Pick<UsableRecord, 'expected' | 'answer'>;

/**
 * Which outputs a failure is confused with: those with a facet that the answer has and the right output lacks. Without
 * an answer, those with any other facet than the right output; where the answer has no facet too many (nothing in it is
 * of a wrong sort), any.
 */
export type Confusable =
  | { readonly kind: 'with'; readonly facets: readonly string[] }
  | { readonly kind: 'other-than'; readonly facets: readonly string[] }
  | { readonly kind: 'any' };

/** What a failure can be confused with. */
export function confusableWith({ expected, answer }: Failure, kind: Pick<TaskKind, 'facets'>): Confusable {
  const own = kind.facets(expected);
  if (answer === null) return own.length === 0 ? { kind: 'any' } : { kind: 'other-than', facets: own };
  const surplus = kind.facets(answer).filter((facet) => !own.includes(facet));
  return surplus.length === 0 ? { kind: 'any' } : { kind: 'with', facets: surplus };
}

/** Whether an output is one of those. */
export function isConfusable(output: Output, confusable: Confusable, kind: Pick<TaskKind, 'facets'>): boolean {
  if (confusable.kind === 'any') return true;
  const facets = kind.facets(output);
  return confusable.kind === 'with'
    ? facets.some((facet) => confusable.facets.includes(facet))
    : facets.some((facet) => !confusable.facets.includes(facet));
}

/** Whether an output may be confusable in any of several failures: what need not be searched is left out by it. */
export function mayBeConfusable(
  all: readonly Confusable[],
  kind: Pick<TaskKind, 'facets'>,
): (output: Output) => boolean {
  if (all.some((confusable) => confusable.kind !== 'with')) return () => true;
  const facets = new Set(all.flatMap((confusable) => (confusable.kind === 'with' ? confusable.facets : [])));
  return (output) => kind.facets(output).some((facet) => facets.has(facet));
}
