import { wilsonInterval } from '../base/statistics.ts';

/**
 * Shares from which on a kind belongs to the whole traffic, or to a label. What a legitimate request can be about has
 * low ones; what can only be an attack or nothing at all has high ones, lest a flood of it make it ordinary.
 */
const limits = { subject: { traffic: 0.15, label: 0.1 }, harm: { traffic: 0.4, label: 0.5 } } as const;
const harmful: ReadonlySet<string> = new Set(['prompt-injection', 'jailbreak', 'gibberish', 'off-domain']);
/** Never ordinary by being frequent: there is nothing to learn from it. */
const hopeless: ReadonlySet<string> = new Set(['empty', 'unreadable']);
const fewestOfLabel = 5;

/** A kind that a detector saw in a record with these labels (given, answered): what the record may be about. */
export interface Sighting {
  readonly kind: string;
  readonly labels: readonly string[];
}

/**
 * Tells what is ordinary for a traffic, so that no detector fires on it: a kind seen in much of all traffic (HTML among
 * emails), or in much of a label's (questions about the assistant under the label that is for them).
 */
export class NativeKinds {
  readonly #traffic = new Set<string>();
  readonly #labels = new Set<string>();

  /** @param inExamples what was seen in a model's first examples: it is ordinary under their labels */
  constructor(
    sightings: Iterable<Sighting>,
    records: number,
    labelSizes: ReadonlyMap<string, number>,
    inExamples: Iterable<Sighting> = [],
  ) {
    for (const { kind, labels } of inExamples) for (const label of labels) this.#labels.add(pairKey(kind, label));
    const kinds = new Map<string, number>();
    const pairs = new Map<string, { kind: string; label: string; count: number }>();
    for (const { kind, labels } of sightings) {
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      for (const label of labels) {
        const key = pairKey(kind, label);
        pairs.set(key, { kind, label, count: (pairs.get(key)?.count ?? 0) + 1 });
      }
    }
    for (const [kind, count] of kinds)
      if (!hopeless.has(kind) && records >= 20 && count > limitsOf(kind).traffic * records) this.#traffic.add(kind);
    for (const [key, { kind, label, count }] of pairs) {
      const size = labelSizes.get(label) ?? 0;
      if (!hopeless.has(kind) && count >= fewestOfLabel && wilsonInterval(count, size).lower > limitsOf(kind).label)
        this.#labels.add(key);
    }
  }

  /** Whether the kind is ordinary in a record with these labels. */
  has(kind: string, labels: readonly string[]): boolean {
    return this.#traffic.has(kind) || labels.some((label) => this.#labels.has(pairKey(kind, label)));
  }
}

function limitsOf(kind: string): { readonly traffic: number; readonly label: number } {
  return harmful.has(kind) ? limits.harm : limits.subject;
}

function pairKey(kind: string, label: string): string {
  return `${kind}\u0000${label}`;
}
