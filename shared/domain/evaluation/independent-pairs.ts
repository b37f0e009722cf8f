import { compareText } from '../base/text.ts';
import { nearDuplicateGroups } from '../similarity/near-duplicates.ts';

/** An example that one of champion and candidate has right, and the other wrong. */
export interface DiscordantPair {
  readonly exampleId: string;
  readonly input: string;
  /** Whether the candidate is the one that has it right. */
  readonly gained: boolean;
}

/**
 * One pair for each near-duplicate group of inputs, since McNemar's test takes pairs for independent and a request that
 * was sent eight times over is one observation. A group counts as what most of its pairs are, under its first id; as
 * many gained as lost, and it counts for nothing.
 * @returns ids of the gained and of the lost, sorted; whatever the order of the pairs
 */
export function independentPairs(pairs: readonly DiscordantPair[]): {
  readonly gained: string[];
  readonly lost: string[];
} {
  const ordered = [...pairs].sort((a, b) => compareText(a.exampleId, b.exampleId));
  const groups = nearDuplicateGroups(ordered.map(({ input }) => input));
  const counted = { gained: [] as string[], lost: [] as string[] };
  for (const members of Map.groupBy(ordered, (_, at) => groups[at]).values()) {
    const net = members.reduce((sum, { gained }) => sum + (gained ? 1 : -1), 0);
    const first = members.find(({ gained }) => gained === net > 0);
    if (net !== 0 && first !== undefined) (net > 0 ? counted.gained : counted.lost).push(first.exampleId);
  }
  return { gained: counted.gained.sort(), lost: counted.lost.sort() };
}
