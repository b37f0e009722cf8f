import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wordKey } from '../../../../shared/domain/base/text.ts';
import { allFolds, foldOf } from '../../../../shared/domain/evaluation/ledger.ts';
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
      fc.property(
        fc.array(
          fc.record({
            words: messyText.map(wordKey),
            groupId: fc.constantFrom('g1', 'g2', 'g3', 'g4'),
            side: fc.constantFrom<SidedEntry['side']>('train', 'validation', 'test', 'none'),
            trained: fc.boolean(),
          }),
          { maxLength: 20 },
        ),
        (entries) => {
          const upgraded = upgradeLedger(entries, salt);
          expect(upgraded.map(({ words }) => words)).toEqual(entries.map(({ words }) => words));
          expect(upgradeLedger(entries.toReversed(), salt)).toEqual(upgraded.toReversed());
          const heldOut = upgraded.filter(({ use }) => use === 'evidence');
          for (const a of heldOut) {
            for (const b of heldOut) {
              const same = a.words === b.words || jaccard(wordSet(a.words), wordSet(b.words)) >= nearDuplicateThreshold;
              if (same) expect([a.groupId, a.folds]).toEqual([b.groupId, b.folds]);
            }
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
