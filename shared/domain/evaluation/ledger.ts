import { z } from 'zod';
import { digest, shortDigest } from '../base/ids.ts';
import { compareText, wordKey } from '../base/text.ts';
import { nearDuplicateGroups, nearDuplicatesByKind } from '../similarity/near-duplicates.ts';
import { foldCount, type Place, placeSchema } from './fold.ts';

/** One distinct input that the model has seen, and its place. An entry never changes. */
export const ledgerEntrySchema = z.strictObject({
  /** The input's word key: sorted unique words joined by a space, or its normalised text when it has no words. */
  words: z.string(),
  ...placeSchema.shape,
});
export type LedgerEntry = z.infer<typeof ledgerEntrySchema>;

export interface PlaceRequest {
  readonly ledger: readonly LedgerEntry[];
  /** Ids are unique. */
  readonly items: readonly { readonly id: string; readonly input: string }[];
  /** Secret of the model, fixed for its life. */
  readonly salt: string;
  /** Share of new near-duplicate groups that never train and are for the report alone, 0 to 1. */
  readonly reportShare: number;
}

export interface PlaceAnswer {
  /** By item id. */
  readonly places: ReadonlyMap<string, Place>;
  /** What is to be added to the ledger, sorted by words. */
  readonly additions: readonly LedgerEntry[];
}

/** The folds of what trains nowhere. */
export const allFolds: readonly number[] = Array.from({ length: foldCount }, (_, fold) => fold);

/**
 * Places items so that no model ever judges an input when it has trained a near-duplicate of it: where x is evidence
 * in fold f, each near-duplicate of x has f among its folds.
 * - an input whose words are on the ledger has that entry's place, for the life of the model;
 * - new inputs form near-duplicate groups, and a group is placed as a whole;
 * - a group near no entry falls on a fold by the salted hash of its id, as evidence, or, by `reportShare`, to the
 *   report;
 * - a group near entries has the folds of all of them together. It is evidence where these are one fold and nothing
 *   near trains everywhere, for the report where all that is near is, and neither otherwise. Near nothing but what
 *   trains everywhere it is no evidence, and kept from a fold by the hash all the same, so that a model that has not
 *   seen it can be asked about it. It joins the first (by words, among those found) of the near groups that have the
 *   same place.
 *
 * The answer depends on the ledger's and the items' content and not on their order.
 */
export function assignPlaces(request: PlaceRequest): PlaceAnswer {
  const ledger = new Map<string, LedgerEntry>();
  for (const entry of [...request.ledger].sort(byWordsAndPlace)) {
    if (!ledger.has(entry.words)) ledger.set(entry.words, entry);
  }
  // Before words of scripts without spaces were told apart, a key had whole runs in their place.
  for (const [key, entries] of Map.groupBy(ledger.values().toArray(), ({ words }) => wordKey(words))) {
    const [first] = entries;
    const isPlain = first !== undefined && new Set(entries.map(kindOf)).size === 1;
    if (isPlain && !ledger.has(key)) ledger.set(key, first);
  }
  const keyed = request.items.map(({ id, input }) => ({ id, key: wordKey(input) }));
  const unknown = new Set(keyed.map(({ key }) => key).filter((key) => !ledger.has(key)));
  const additions = placeNew([...unknown].sort(), [...new Set(ledger.values())], request);
  const added = new Map(additions.map((entry) => [entry.words, entry]));
  const places = new Map<string, Place>();
  for (const { id, key } of keyed) {
    const entry = ledger.get(key) ?? added.get(key);
    if (entry !== undefined) places.set(id, placeOf(entry));
  }
  return { places, additions };
}

/**
 * Ledger entries for the examples that a model's first checkpoint is trained on: every fold's model trains them, so
 * that nothing near them is ever evidence. Sorted by words.
 */
export function ledgerForTraining(inputs: readonly string[]): readonly LedgerEntry[] {
  const keys = [...new Set(inputs.map(wordKey))].sort();
  return groupsOf(keys)
    .flatMap((group) =>
      group.map((words): LedgerEntry => ({ words, groupId: groupIdOf(group), folds: [], use: 'none' })),
    )
    .sort(byWords);
}

/**
 * For each input all folds of the placed inputs that are near-duplicates of it, sorted. What is made of a trace must not
 * train in these either, such as a synthetic example.
 */
export function foldsNear(
  inputs: readonly string[],
  placed: readonly { readonly input: string; readonly folds: readonly number[] }[],
): readonly (readonly number[])[] {
  const found = inputs.map(() => new Set<number>());
  const references = placed.flatMap(({ input, folds }) => folds.map((kind) => ({ text: input, kind })));
  for (const { index, kind } of nearDuplicatesByKind(inputs, references)) found[index]?.add(kind);
  return found.map(sorted);
}

/** A training example that would leak into the model that judges a near-duplicate of it. */
export interface Leak {
  /** Index into the examples. */
  readonly example: number;
  /** Index into the evidence. */
  readonly evidence: number;
  /** Word-set Jaccard similarity. */
  readonly similarity: number;
}

/**
 * The examples that are near-duplicates of evidence whose fold they do not have, in order, each with one such piece of
 * evidence; empty when training may begin.
 */
export function leaks(
  examples: readonly { readonly input: string; readonly folds: readonly number[] }[],
  evidence: readonly { readonly input: string; readonly fold: number }[],
): readonly Leak[] {
  const found = new Map<number, Leak>();
  const references = evidence.map(({ input, fold }) => ({ text: input, kind: fold }));
  const inputs = examples.map(({ input }) => input);
  const trains = (example: number, fold: number): boolean => examples[example]?.folds.includes(fold) === false;
  for (const { index, reference, similarity } of nearDuplicatesByKind(inputs, references, trains)) {
    if (!found.has(index)) found.set(index, { example: index, evidence: reference, similarity });
  }
  return [...found.values()].sort((a, b) => a.example - b.example);
}

/** As many hex digits as a number holds exactly. */
const hashDigits = 13;

/** The fold that a near-duplicate group falls on, by salted hash. */
export function foldOf(groupId: string, salt: string): number {
  return Number.parseInt(digest(salt, groupId).slice(hashDigits, 2 * hashDigits), 16) % foldCount;
}

/** By other digits of the same hash, so that the report takes from all folds alike. */
function isForReport(groupId: string, { salt, reportShare }: PlaceRequest): boolean {
  return Number.parseInt(digest(salt, groupId).slice(0, hashDigits), 16) / 16 ** hashDigits < reportShare;
}

/** Places sorted new keys; the ledger is sorted by words. */
function placeNew(
  keys: readonly string[],
  ledger: readonly LedgerEntry[],
  request: PlaceRequest,
): readonly LedgerEntry[] {
  const references = ledger.flatMap((entry) => kindsOf(entry).map((kind) => ({ text: entry.words, kind, entry })));
  const neighbours = Map.groupBy(nearDuplicatesByKind(keys, references), ({ index }) => keys[index]);
  return groupsOf(keys)
    .flatMap((group) => {
      const found = group.flatMap((key) => neighbours.get(key) ?? []);
      const near = found.flatMap(({ reference }) => references[reference]?.entry ?? []).sort(byWords);
      const groupId = groupIdOf(group);
      const place = near.length === 0 ? placeByHash(groupId, request) : placeAmong(near, groupId, request.salt);
      return group.map((words): LedgerEntry => ({ words, ...place }));
    })
    .sort(byWords);
}

function placeByHash(groupId: string, request: PlaceRequest): Place {
  if (isForReport(groupId, request)) return { groupId, folds: allFolds, use: 'report' };
  return { groupId, folds: [foldOf(groupId, request.salt)], use: 'evidence' };
}

/** The place of a group that has these near it, one at least, sorted by words. */
function placeAmong(near: readonly LedgerEntry[], groupId: string, salt: string): Place {
  const folds = sorted(near.flatMap((entry) => entry.folds));
  if (folds.length === 0) return { groupId, folds: [foldOf(groupId, salt)], use: 'none' };
  const place = { groupId, folds, use: useAmong(near, folds) };
  const joined = near.find((entry) => kindOf(entry) === kindOf(place));
  return joined === undefined ? place : placeOf(joined);
}

function useAmong(near: readonly LedgerEntry[], folds: readonly number[]): Place['use'] {
  if (near.every(({ use }) => use === 'report')) return 'report';
  return folds.length === 1 && near.every((entry) => entry.folds.length > 0) ? 'evidence' : 'none';
}

/** Equal for places of the same folds and use. */
function kindOf({ folds, use }: Place): string {
  return `${use} ${folds.join()}`;
}

/** What an entry is searched as. Of what is near, the folds count and not which entry has them, so these are few. */
function kindsOf(entry: Place): readonly string[] {
  if (entry.use !== 'none' || entry.folds.length === 0) return [kindOf(entry)];
  return entry.folds.map((fold) => kindOf({ ...entry, folds: [fold] }));
}

function placeOf({ groupId, folds, use }: LedgerEntry): Place {
  return { groupId, folds, use };
}

/** Near-duplicate groups of sorted keys, each group sorted. */
function groupsOf(keys: readonly string[]): readonly (readonly string[])[] {
  const groups = nearDuplicateGroups(keys);
  return [...Map.groupBy(keys, (_, index) => groups[index]).values()];
}

function groupIdOf(sortedGroup: readonly string[]): string {
  return shortDigest('group', sortedGroup[0] ?? '');
}

/** The distinct numbers, ascending. */
function sorted(numbers: Iterable<number>): number[] {
  return [...new Set(numbers)].sort((a, b) => a - b);
}

function byWords(a: LedgerEntry, b: LedgerEntry): number {
  return compareText(a.words, b.words);
}

function byWordsAndPlace(a: LedgerEntry, b: LedgerEntry): number {
  return byWords(a, b) || compareText(`${a.groupId} ${kindOf(a)}`, `${b.groupId} ${kindOf(b)}`);
}
