import { z } from 'zod';
import { compareText } from '../base/text.ts';
import { nearDuplicateGroups } from '../similarity/near-duplicates.ts';
import { allFolds, foldOf, type LedgerEntry } from './ledger.ts';

/** A ledger entry as it was written before there were folds. */
export const sidedEntrySchema = z.strictObject({
  words: z.string(),
  groupId: z.string(),
  side: z.enum(['train', 'validation', 'test', 'none']),
  trained: z.boolean(),
});
export type SidedEntry = z.infer<typeof sidedEntrySchema>;

/**
 * Entries of sides as entries of folds, in the order given. The same entries get the same folds in any order:
 * - what stood on `train` may be in any model: it trains everywhere and is never evidence;
 * - what was held out falls on a fold, as evidence. Near-duplicates could be held out in several groups; they become
 *   one, the first by words, since each of them must be kept from the model that judges another;
 * - what was kept out was near something held out: it trains nowhere.
 */
export function upgradeLedger(entries: readonly SidedEntry[], salt: string): readonly LedgerEntry[] {
  const groupOf = heldOutGroups(entries);
  return entries.map(({ words, groupId, side }): LedgerEntry => {
    if (side === 'train') return { words, groupId, folds: [], use: 'none' };
    if (side === 'none') return { words, groupId, folds: allFolds, use: 'none' };
    const joined = groupOf.get(words) ?? groupId;
    return { words, groupId: joined, folds: [foldOf(joined, salt)], use: 'evidence' };
  });
}

/** The group id of each held-out input, by its words, the same for all near-duplicates. */
function heldOutGroups(entries: readonly SidedEntry[]): ReadonlyMap<string, string> {
  const heldOut = entries
    .filter(({ side }) => side === 'validation' || side === 'test')
    .sort((a, b) => compareText(a.words, b.words) || compareText(a.groupId, b.groupId));
  const groups = nearDuplicateGroups(heldOut.map(({ words }) => words));
  const groupOf = new Map<string, string>();
  for (const members of Map.groupBy(heldOut, (_, at) => groups[at]).values()) {
    for (const { words } of members) groupOf.set(words, members[0]?.groupId ?? words);
  }
  return groupOf;
}
