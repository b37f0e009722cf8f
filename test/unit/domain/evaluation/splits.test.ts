import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wordKey } from '../../../../shared/domain/base/text.ts';
import {
  assignSides,
  type LedgerEntry,
  leaks,
  ledgerEntrySchema,
  ledgerForTraining,
  type Side,
} from '../../../../shared/domain/evaluation/splits.ts';
import { jaccard, nearDuplicateThreshold, wordSet } from '../../../helpers/word-sets.ts';
import { messyText, smallVocabularyText } from '../similarity/texts.ts';

const salt = 'a salt';

function near(a: string, b: string): boolean {
  return wordKey(a) === wordKey(b) || jaccard(wordSet(a), wordSet(b)) >= nearDuplicateThreshold;
}

function itemsOf(inputs: readonly string[], prefix = 'trace'): { id: string; input: string }[] {
  return inputs.map((input, index) => ({ id: `${prefix}-${index}`, input }));
}

function expectNoLeak(sided: readonly { input: string; side: Side }[]): void {
  const held = sided.filter((item) => item.side !== 'none');
  held.forEach((a, index) => {
    for (const b of held.slice(0, index)) {
      if (a.side !== b.side && near(a.input, b.input))
        throw new Error(`${a.side} "${a.input}" leaks into ${b.side} "${b.input}"`);
    }
  });
}

const entry = (input: string, side: Side): LedgerEntry => ({
  words: wordKey(input),
  groupId: `group of ${input}`,
  side,
  trained: false,
});

describe('assignSides', () => {
  it('never puts near-duplicates on different sides, and never moves an input, as traffic grows in any batches', () => {
    fc.assert(
      fc.property(
        fc.array(smallVocabularyText, { maxLength: 10 }),
        fc.array(fc.array(messyText, { maxLength: 12 }), { maxLength: 6 }),
        fc.string(),
        (trained, batches, anySalt) => {
          let ledger = ledgerForTraining(trained);
          const seen: { id: string; input: string; side: Side }[] = [];
          batches.forEach((batch, number) => {
            const items = [...seen, ...itemsOf(batch, `batch-${number}`)];
            const { sides, additions } = assignSides({ ledger, items, salt: anySalt });
            for (const old of seen) expect(sides.get(old.id)?.side).toBe(old.side);
            expect(sides.size).toBe(items.length);
            for (const item of items.slice(seen.length))
              seen.push({ ...item, side: sides.get(item.id)?.side ?? 'none' });
            ledger = [...ledger, ...additions];
          });
          expect(new Set(ledger.map((line) => line.words)).size).toBe(ledger.length);
          expectNoLeak([...seen, ...trained.map((input) => ({ input, side: 'train' as const }))]);
          const heldOut = seen.filter((item) => item.side === 'validation' || item.side === 'test');
          expect(
            leaks(
              trained,
              heldOut.map((item) => item.input),
            ),
          ).toEqual([]);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('puts a near-duplicate group wholly on one side', () => {
    fc.assert(
      fc.property(fc.array(messyText, { maxLength: 30 }), (inputs) => {
        const { sides } = assignSides({ ledger: [], items: itemsOf(inputs), salt });
        inputs.forEach((a, i) => {
          inputs.forEach((b, j) => {
            if (near(a, b)) expect(sides.get(`trace-${i}`)).toEqual(sides.get(`trace-${j}`));
          });
        });
      }),
    );
  });

  it('does not depend on the order of items or ledger', () => {
    fc.assert(
      fc.property(
        fc.array(messyText, { maxLength: 12 }),
        fc.uniqueArray(fc.tuple(messyText, fc.constantFrom<Side>('train', 'validation', 'test', 'none')), {
          selector: ([input]) => wordKey(input),
          maxLength: 12,
        }),
        fc.infiniteStream(fc.nat()),
        (inputs, lines, keys) => {
          const ledger = lines.map(([input, side]) => entry(input, side));
          const items = itemsOf(inputs);
          const shuffled = <T>(list: readonly T[]): T[] =>
            list
              .map((value) => ({ value, key: keys.next().value }))
              .sort((a, b) => Number(a.key) - Number(b.key))
              .map(({ value }) => value);
          expect(assignSides({ ledger: shuffled(ledger), items: shuffled(items), salt })).toEqual(
            assignSides({ ledger, items, salt }),
          );
        },
      ),
    );
  });

  it('approaches 70 % train, 20 % validation, 10 % test', () => {
    const inputs = Array.from({ length: 10_000 }, (_, index) => `order ${index} lost`);
    const { additions } = assignSides({ ledger: [], items: itemsOf(inputs), salt });
    const share = (side: Side): number => additions.filter((line) => line.side === side).length / additions.length;
    expect(additions).toHaveLength(10_000);
    expect(share('train')).toBeCloseTo(0.7, 1);
    expect(share('validation')).toBeCloseTo(0.2, 1);
    expect(share('test')).toBeCloseTo(0.1, 1);
    expect(share('none')).toBe(0);
  });

  it('approaches the same shares under any salt', () => {
    fc.assert(
      fc.property(fc.string(), (anySalt) => {
        const { additions } = assignSides({
          ledger: [],
          items: itemsOf(Array.from({ length: 600 }, (_, index) => `order ${index} lost`)),
          salt: anySalt,
        });
        const share = additions.filter((line) => line.side === 'train').length / additions.length;
        expect(Math.abs(share - 0.7)).toBeLessThan(7 * Math.sqrt((0.7 * 0.3) / 600));
      }),
      { numRuns: 25 },
    );
  });

  it('places by salt and words as every version before it with these shares, so that nothing moves when Ratchet is updated', () => {
    const { sides } = assignSides({
      ledger: [],
      items: itemsOf(['order 0 lost', 'order 1 lost', 'order 12 lost', '', '?', 'Wo ist meine Karte?']),
      salt,
    });
    expect([...sides.values()]).toEqual([
      { groupId: 'bfe181082cf12145', side: 'test' },
      { groupId: '255826d14a08c27b', side: 'train' },
      { groupId: 'e3a6e156b84986dd', side: 'validation' },
      { groupId: '015780bf7b640ada', side: 'train' },
      { groupId: '2afbfc2a3ad94b9a', side: 'train' },
      { groupId: '17b799c91016ae55', side: 'train' },
    ]);
  });

  it('adds to the ledger sorted by words, as not trained on', () => {
    fc.assert(
      fc.property(fc.array(messyText, { maxLength: 20 }), (inputs) => {
        const { additions } = assignSides({ ledger: [], items: itemsOf(inputs), salt });
        expect(additions.map((line) => line.words)).toEqual([...new Set(inputs.map(wordKey))].sort());
        expect(additions.every((line) => !line.trained)).toBe(true);
      }),
    );
  });

  it('goes by the first of two ledger entries for one input', () => {
    const ledger = [entry('block my card', 'test'), { ...entry('block my card', 'train'), groupId: 'another' }];
    const { sides } = assignSides({ ledger, items: [{ id: 'a', input: 'block my card' }], salt });
    expect(sides.get('a')).toEqual({ groupId: 'group of block my card', side: 'test' });
  });

  it('joins the first by words of several groups that stand on one side, in whatever order they are found', () => {
    const sideIn = (ledger: readonly LedgerEntry[], ...inputs: readonly string[]): unknown =>
      assignSides({ ledger, items: itemsOf(inputs), salt }).sides.get('trace-0');
    const twins = [entry('a b c d e f h', 'validation'), entry('a b c d e f g', 'validation')];
    expect(sideIn(twins, 'a b c d e f')).toMatchObject({ side: 'validation' });
    expect(sideIn(twins, 'a b c d e f')).toEqual(sideIn(twins.toReversed(), 'a b c d e f'));
    // One group, whose first member is near the entry that comes last.
    const ends = [entry('0 2 3 4 5 6 7 8 9', 'test'), entry('1 2 3 4 5 6 7 8 z', 'test')];
    expect(sideIn(ends, '1 2 3 4 5 6 7 8', '1 2 3 4 5 6 7 8 9', '2 3 4 5 6 7 8 9')).toEqual({
      groupId: 'group of 0 2 3 4 5 6 7 8 9',
      side: 'test',
    });
  });

  it('places by the salt', () => {
    const items = itemsOf(Array.from({ length: 50 }, (_, index) => `order ${index} lost`));
    const sides = (with_: string): (string | undefined)[] =>
      [...assignSides({ ledger: [], items, salt: with_ }).sides.values()].map(({ side }) => side);
    expect(sides('one')).not.toEqual(sides('two'));
  });

  it('gives an input whose words are on the ledger that side, and adds nothing', () => {
    const { sides, additions } = assignSides({
      ledger: [entry('block my card', 'test')],
      items: [{ id: 'a', input: 'My card: BLOCK!' }],
      salt,
    });
    expect(sides.get('a')).toEqual({ groupId: 'group of block my card', side: 'test' });
    expect(additions).toEqual([]);
  });

  it('takes a group near one side there, into the same group, with those that are near it only by others', () => {
    const { sides } = assignSides({
      ledger: [entry('a b c d e f g', 'test')],
      items: [
        { id: 'near', input: 'a b c d e f' },
        { id: 'further', input: 'a b c d e' },
      ],
      salt,
    });
    expect(sides.get('near')).toEqual({ groupId: 'group of a b c d e f g', side: 'test' });
    expect(sides.get('further')).toEqual(sides.get('near'));
  });

  it.each([
    ['train', 'validation'],
    ['train', 'test'],
    ['validation', 'test'],
  ] as const)('keeps out what is near %s and %s', (one, other) => {
    const ledger = [entry('1 2 3 4 5 6 7 8 x', one), entry('1 2 3 4 5 6 z y', other)];
    const { sides } = assignSides({
      ledger,
      items: [
        { id: 'between', input: '1 2 3 4 5 6 7 8 y' },
        { id: 'bridge', input: '1 2 3 4 5 6 7 y z' },
      ],
      salt,
    });
    expect(sides.get('between')?.side).toBe('none');
    expect(sides.get('bridge')?.side).toBe('none');
  });

  it('is not bound by what was kept out', () => {
    const ledger = [entry('a b c d e', 'none')];
    const sides = new Set(
      Array.from(
        { length: 40 },
        (_, index) =>
          assignSides({ ledger, items: [{ id: 'x', input: 'a b c d' }], salt: `${index}` }).sides.get('x')?.side,
      ),
    );
    expect(sides).toEqual(new Set(['train', 'validation', 'test']));
  });
});

describe('ledgerForTraining', () => {
  it('puts every distinct input on train, as trained, near-duplicates in one group', () => {
    const lines = ledgerForTraining(['block my card', 'my card block', 'a b c d e', 'a b c d', '']);
    expect(lines.map((line) => line.words)).toEqual(['', 'a b c d', 'a b c d e', 'block card my']);
    expect(lines.every((line) => line.side === 'train' && line.trained)).toBe(true);
    expect(new Set(lines.map((line) => line.groupId)).size).toBe(3);
    for (const line of lines) expect(ledgerEntrySchema.parse(line)).toEqual(line);
  });

  it('is sorted by words and does not depend on the order of the inputs', () => {
    fc.assert(
      fc.property(fc.array(messyText, { maxLength: 20 }), (inputs) => {
        const lines = ledgerForTraining(inputs);
        expect(lines.map((line) => line.words)).toEqual([...new Set(inputs.map(wordKey))].sort());
        expect(ledgerForTraining(inputs.toReversed())).toEqual(lines);
      }),
    );
  });
});

describe('leaks', () => {
  it('names the examples too close to a held-out input, with the closest', () => {
    expect(leaks(['a b c d', 'p q r s', 'a b c d e f'], ['a b c d e', 'x y', 'd c b a'])).toEqual([
      { example: 0, heldOut: 2, similarity: 1 },
      { example: 2, heldOut: 0, similarity: 5 / 6 },
    ]);
  });
});
