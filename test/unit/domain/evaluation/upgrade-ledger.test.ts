import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wordKey } from '../../../../shared/domain/base/text.ts';
import { allFolds, assignPlaces, foldOf } from '../../../../shared/domain/evaluation/ledger.ts';
import { type SidedEntry, upgradeLedger } from '../../../../shared/domain/evaluation/upgrade-ledger.ts';
import { jaccard, nearDuplicateThreshold, wordSet } from '../../../helpers/word-sets.ts';
import { messyText } from '../similarity/texts.ts';

const salt = 'a salt';
const sided = (input: string, side: SidedEntry['side'], groupId = `group of ${input}`): SidedEntry => ({
  words: wordKey(input),
  groupId,
  side,
  trained: side === 'train',
});

const anyEntry: fc.Arbitrary<SidedEntry> = fc.record({
  words: messyText.map(wordKey),
  groupId: fc.constantFrom('g1', 'g2', 'g3', 'g4'),
  side: fc.constantFrom('train', 'validation', 'test', 'none'),
  trained: fc.boolean(),
});

const near = (a: string, b: string): boolean =>
  wordKey(a) === wordKey(b) || jaccard(wordSet(a), wordSet(b)) >= nearDuplicateThreshold;

/** What the rules of sides let stand together: near-duplicates on different sides only where one is kept out. */
function withoutLeaks(entries: readonly SidedEntry[]): SidedEntry[] {
  const kept: SidedEntry[] = [];
  for (const entry of entries) {
    const beside = kept.filter(({ words }) => near(words, entry.words));
    if (beside.every(({ side }) => side === 'none' || entry.side === 'none' || side === entry.side)) kept.push(entry);
  }
  return kept;
}

describe('upgradeLedger', () => {
  it('lets trained entries train everywhere, holds out entries by fold, and keeps the rest from every model', () => {
    const entries = [
      sided('a', 'train'),
      { ...sided('b', 'train'), trained: false },
      sided('c', 'validation'),
      sided('d', 'test'),
      sided('e', 'none'),
    ];
    expect(upgradeLedger(entries, salt)).toEqual([
      { words: 'a', groupId: 'group of a', folds: [], use: 'none' },
      { words: 'b', groupId: 'group of b', folds: [], use: 'none' },
      { words: 'c', groupId: 'group of c', folds: [foldOf('group of c', salt)], use: 'evidence' },
      { words: 'd', groupId: 'group of d', folds: [foldOf('group of d', salt)], use: 'evidence' },
      { words: 'e', groupId: 'group of e', folds: allFolds, use: 'none' },
    ]);
  });

  it('makes one group of near-duplicates that were held out in two, the first by words', () => {
    const entries = [
      sided('a b c d e f h', 'test', 'second'),
      sided('a b c d e f g', 'test', 'first'),
      sided('a b c d e f', 'test', 'second'),
    ];
    // Sorted by words, "a b c d e f" comes first.
    const joined = { groupId: 'second', folds: [foldOf('second', salt)], use: 'evidence' };
    expect(upgradeLedger(entries, salt)).toEqual(entries.map(({ words }) => ({ words, ...joined })));
  });

  it('gives held-out near-duplicates one fold and one group, and each entry its own in any order', () => {
    fc.assert(
      fc.property(fc.array(anyEntry, { maxLength: 20 }), (entries) => {
        const upgraded = upgradeLedger(entries, salt);
        expect(upgraded.map(({ words }) => words)).toEqual(entries.map(({ words }) => words));
        expect(upgradeLedger(entries.toReversed(), salt)).toEqual(upgraded.toReversed());
        const heldOut = upgraded.filter(({ use }) => use === 'evidence');
        for (const a of heldOut) {
          for (const b of heldOut) {
            if (near(a.words, b.words)) expect([a.groupId, a.folds]).toEqual([b.groupId, b.folds]);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('makes a ledger on which no model judges what it trained a near-duplicate of, with new traffic too', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(anyEntry, { selector: ({ words }) => words, maxLength: 20 }),
        fc.array(messyText, { maxLength: 12 }),
        (entries, inputs) => {
          const ledger = upgradeLedger(withoutLeaks(entries), salt);
          const items = inputs.map((input, at) => ({ id: `trace-${at}`, input }));
          const whole = [...ledger, ...assignPlaces({ ledger, items, salt, reportShare: 0.2 }).additions];
          for (const judged of whole.filter(({ use }) => use === 'evidence')) {
            for (const other of whole.filter(({ words }) => near(words, judged.words))) {
              expect(other.folds).toEqual(expect.arrayContaining([...judged.folds]));
            }
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
