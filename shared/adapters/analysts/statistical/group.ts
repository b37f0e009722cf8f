import { quoted as inQuotes } from '../../../domain/base/quoted.ts';
import { percent } from '../../../domain/base/wording.ts';
import type { Fault } from './fault.ts';

export type GroupKind =
  | 'schema'
  | 'out-of-scope'
  | 'noise'
  | 'length'
  | 'ambiguous'
  | 'pair'
  | 'missed-label'
  | 'false-alarm';

/** Failures that belong together, before their root cause is settled. */
export interface Group {
  readonly kind: GroupKind;
  /** The facet that was missed; null where mixed. */
  readonly expected: string | null;
  /** The facet that was answered instead; null where mixed, or where the model gave no answer. */
  readonly answered: string | null;
  /** Key of the pattern that all members show; null where mixed. */
  readonly pattern: string | null;
  readonly members: readonly Fault[];
  /** What made them a group, as sentences, where it is not said by the labels alone. */
  readonly grounds: readonly string[];
}

/** Items by key, keys in order of first appearance. */
export function groupBy<T, K>(items: Iterable<T>, keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

/** A fraction as a whole percentage, or to a tenth where it would be none. */
export function roughly(rate: number): string {
  return percent(rate, rate > 0 && rate < 0.01 ? 1 : 0);
}

/** A facet in quotes, cut and without control characters: what traces hold is untrusted. */
export function quoted(facet: string | null): string {
  return facet === null ? 'no answer' : inQuotes(facet);
}
