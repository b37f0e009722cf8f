import { z } from 'zod';
import { digest, shortDigest } from '../base/ids.ts';
import { compareText, wordKey } from '../base/text.ts';
import { nearDuplicateGroups, nearDuplicatesOf } from '../similarity/near-duplicates.ts';

export const sideSchema = z.enum(['train', 'validation', 'test', 'none']);
/** What an input may do for the life of the model: train, decide, be reported on, or none of these. */
export type Side = z.infer<typeof sideSchema>;

/** One distinct input that the model's splits have seen. An entry never changes its side. */
export const ledgerEntrySchema = z.strictObject({
  /** The input's word key: sorted unique words joined by a space, or its normalised text when it has no words. */
  words: z.string(),
  groupId: z.string(),
  side: sideSchema,
  /** Whether a checkpoint was trained on it before it was ever put on a side. */
  trained: z.boolean(),
});
export type LedgerEntry = z.infer<typeof ledgerEntrySchema>;

export interface SplitRequest {
  readonly ledger: readonly LedgerEntry[];
  /** Ids are unique. */
  readonly items: readonly { readonly id: string; readonly input: string }[];
  /** Secret of the model, fixed for its life. */
  readonly salt: string;
}

export interface SplitAnswer {
  /** By item id. */
  readonly sides: ReadonlyMap<string, { readonly groupId: string; readonly side: Side }>;
  /** What is to be added to the ledger, sorted by words. */
  readonly additions: readonly LedgerEntry[];
}

const trainShare = 0.7;
const validationShare = 0.2;
const boundSides = ['train', 'validation', 'test'] as const;

/**
 * Puts items on sides, 70 % train, 20 % validation, 10 % test, so that no two near-duplicates ever stand on different
 * ones:
 * - an input whose words are on the ledger has that entry's side, for the life of the model;
 * - new inputs form near-duplicate groups, and a group is placed as a whole;
 * - a group near ledger entries of one side joins it, and the first of their groups (by words, among those found);
 * - a group near entries of two sides would leak wherever it stood: side `none`, it neither trains nor is evaluated;
 * - any other group is placed by the salted hash of its id. Entries of side `none` bind nobody: they are in no set.
 *
 * The answer depends on the ledger's and the items' content and not on their order.
 */
export function assignSides(request: SplitRequest): SplitAnswer {
  const ledger = new Map<string, LedgerEntry>();
  for (const entry of [...request.ledger].sort(byWords)) if (!ledger.has(entry.words)) ledger.set(entry.words, entry);
  const keyed = request.items.map(({ id, input }) => ({ id, key: wordKey(input) }));
  const additions = placeNew(
    [...new Set(keyed.map(({ key }) => key))].filter((key) => !ledger.has(key)).sort(),
    [...ledger.values()],
    request.salt,
  );
  const placed = new Map(additions.map((entry) => [entry.words, entry]));
  const sides = new Map<string, { groupId: string; side: Side }>();
  for (const { id, key } of keyed) {
    const entry = ledger.get(key) ?? placed.get(key);
    if (entry !== undefined) sides.set(id, { groupId: entry.groupId, side: entry.side });
  }
  return { sides, additions };
}

/**
 * Ledger entries for the examples that a model's first checkpoint is trained on: all on side `train`, so that no later
 * near-duplicate of one is ever held out. Sorted by words.
 */
export function ledgerForTraining(inputs: readonly string[]): readonly LedgerEntry[] {
  const keys = [...new Set(inputs.map(wordKey))].sort();
  return groupsOf(keys)
    .flatMap((group) =>
      group.map((words): LedgerEntry => ({ words, groupId: groupIdOf(group), side: 'train', trained: true })),
    )
    .sort(byWords);
}

/** A training example too close to a held-out one. */
export interface Leak {
  /** Index into the examples. */
  readonly example: number;
  /** Index into the held-out inputs: the closest, among equals the first. */
  readonly heldOut: number;
  /** Word-set Jaccard similarity. */
  readonly similarity: number;
}

/** The examples that are near-duplicates of held-out inputs, each with the closest; empty when training may begin. */
export function leaks(examples: readonly string[], heldOut: readonly string[]): readonly Leak[] {
  return nearDuplicatesOf(examples, heldOut).map((near) => ({
    example: near.index,
    heldOut: near.reference,
    similarity: near.similarity,
  }));
}

/** Sorted new keys on their sides; the ledger is sorted by words. */
function placeNew(keys: readonly string[], ledger: readonly LedgerEntry[], salt: string): readonly LedgerEntry[] {
  const neighbours = new Map<string, LedgerEntry[]>();
  for (const side of boundSides) {
    const entries = ledger.filter((entry) => entry.side === side);
    const references = entries.map((entry) => entry.words);
    for (const near of nearDuplicatesOf(keys, references, 'any')) {
      const key = keys[near.index];
      const entry = entries[near.reference];
      if (key === undefined || entry === undefined) continue;
      neighbours.set(key, [...(neighbours.get(key) ?? []), entry]);
    }
  }
  return groupsOf(keys)
    .flatMap((group) => {
      const near = group.flatMap((key) => neighbours.get(key) ?? []);
      const place = placeGroup(groupIdOf(group), near, salt);
      return group.map((words): LedgerEntry => ({ words, ...place, trained: false }));
    })
    .sort(byWords);
}

function placeGroup(groupId: string, near: readonly LedgerEntry[], salt: string): { groupId: string; side: Side } {
  const [first, ...others] = [...near].sort(byWords);
  if (first === undefined) return { groupId, side: sideOf(groupId, salt) };
  if (others.some((entry) => entry.side !== first.side)) return { groupId, side: 'none' };
  return { groupId: first.groupId, side: first.side };
}

/** Near-duplicate groups of sorted keys, each group sorted. */
function groupsOf(keys: readonly string[]): readonly (readonly string[])[] {
  const groups = nearDuplicateGroups(keys);
  return [...Map.groupBy(keys, (_, index) => groups[index]).values()];
}

function groupIdOf(sortedGroup: readonly string[]): string {
  return shortDigest('group', sortedGroup[0] ?? '');
}

function sideOf(groupId: string, salt: string): Side {
  const fraction = Number.parseInt(digest(salt, groupId).slice(0, 13), 16) / 16 ** 13;
  if (fraction < trainShare) return 'train';
  return fraction < trainShare + validationShare ? 'validation' : 'test';
}

function byWords(a: LedgerEntry, b: LedgerEntry): number {
  return compareText(a.words, b.words);
}
