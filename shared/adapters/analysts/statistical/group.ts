import { percent } from '../../../domain/base/wording.ts';
import type { Failure } from '../../../domain/diagnosis/taxonomy.ts';
import type { Output } from '../../../domain/models/task.ts';

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
  /** Null where mixed. */
  readonly expected: Output | null;
  /** Null where mixed, or where the model gave no answer. */
  readonly answered: Output | null;
  readonly members: readonly Failure[];
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

/** A label in quotes, cut and without control characters: labels of traces are untrusted. */
export function quoted(label: string | null): string {
  if (label === null) return 'no answer';
  const plain = label.replaceAll(/\p{C}/gu, ' ');
  return `"${plain.length > 60 ? `${plain.slice(0, 59)}…` : plain}"`;
}
