import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wordKey } from '../../../../shared/domain/base/text.ts';
import { foldCount, isHeldOut, type Parts, type Place, partOf } from '../../../../shared/domain/evaluation/fold.ts';
import {
  allFolds,
  assignPlaces,
  foldsNear,
  type LedgerEntry,
  leaks,
  ledgerEntrySchema,
  ledgerForTraining,
} from '../../../../shared/domain/evaluation/ledger.ts';
import { jaccard, nearDuplicateThreshold, wordSet } from '../../../helpers/word-sets.ts';
import { messyText, smallVocabularyText } from '../similarity/texts.ts';

const salt = 'a salt';
const own = (folds: readonly number[], use: Place['use']): Pick<Place, 'folds' | 'use'> => ({ folds, use });
const everywhere = own([], 'none');
const report = own(allFolds, 'report');
const kept = own(allFolds, 'none');
const evidence = (fold: number): Pick<Place, 'folds' | 'use'> => own([fold], 'evidence');

/** Texts come again and again in the properties. */
const known = new Map<string, { key: string; set: ReadonlySet<string> }>();

function wordsOf(text: string): { key: string; set: ReadonlySet<string> } {
  const found = known.get(text) ?? { key: wordKey(text), set: wordSet(text) };
  known.set(text, found);
  return found;
}

function similarity(a: string, b: string): number {
  const [one, other] = [wordsOf(a), wordsOf(b)];
  return one.key === other.key ? 1 : jaccard(one.set, other.set);
}

function near(a: string, b: string): boolean {
  return similarity(a, b) >= nearDuplicateThreshold;
}

function itemsOf(inputs: readonly string[], prefix = 'trace'): { id: string; input: string }[] {
  return inputs.map((input, index) => ({ id: `${prefix}-${index}`, input }));
}

const entry = (input: string, place: Pick<Place, 'folds' | 'use'>): LedgerEntry => ({
  words: wordKey(input),
  groupId: `group of ${input}`,
  ...place,
});

/** The place of the first of these inputs. */
function placeIn(ledger: readonly LedgerEntry[], ...inputs: readonly string[]): Place | undefined {
  return assignPlaces({ ledger, items: itemsOf(inputs), salt, reportShare: 0 }).places.get('trace-0');
}

interface Placed {
  readonly input: string;
  readonly place: Place;
}

/** What must hold of all that was ever placed, checked pair by pair. */
function expectHonest(placed: readonly Placed[]): void {
  for (const { input, place } of placed) {
    const { folds, use } = place;
    if (use === 'evidence') expect(folds).toHaveLength(1);
    if (use === 'report') expect(folds).toEqual(allFolds);
    expect([...folds].sort((a, b) => a - b)).toEqual(folds);
    for (const other of placed) {
      if (!near(input, other.input)) continue;
      const missing = folds.filter((fold) => !other.place.folds.includes(fold));
      if ((use === 'evidence' || use === 'report') && missing.length > 0) {
        throw new Error(`"${other.input}" (${other.place.folds}) trains beside "${input}", ${use} of ${folds}`);
      }
    }
  }
}

const placeKinds: fc.Arbitrary<Pick<Place, 'folds' | 'use'>> = fc.oneof(
  fc.constantFrom(everywhere, report, kept),
  fc.integer({ min: 0, max: 9 }).map(evidence),
  fc.uniqueArray(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 3 }).map((folds) =>
    own(
      folds.sort((a, b) => a - b),
      'none',
    ),
  ),
);

describe('ledgerForTraining', () => {
  it('lets every distinct input train everywhere, near-duplicates in one group', () => {
    const lines = ledgerForTraining(['block my card', 'my card block', 'a b c d e', 'a b c d', '']);
    expect(lines.map((line) => line.words)).toEqual(['', 'a b c d', 'a b c d e', 'block card my']);
    for (const line of lines) {
      expect(line).toMatchObject(everywhere);
      expect(ledgerEntrySchema.parse(line)).toEqual(line);
    }
    expect(new Set(lines.map((line) => line.groupId)).size).toBe(3);
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

const someFolds = fc.uniqueArray(fc.integer({ min: 0, max: foldCount - 1 }), { maxLength: 4 });

describe('foldsNear', () => {
  it('names the folds of all that is near an input, sorted, and none for what is near nothing', () => {
    const placed = [
      { input: 'a b c d e f g', folds: [9, 3] },
      { input: 'a b c d e f h', folds: [1, 3] },
      { input: 'a b c d e f', folds: [] },
      { input: 'x y', folds: [5] },
    ];
    expect(foldsNear(['a b c d e f', 'p q', 'Y x!', 'a b c d e f g'], placed)).toEqual([[1, 3, 9], [], [5], [3, 9]]);
  });

  it('finds what brute force finds', () => {
    fc.assert(
      fc.property(
        fc.array(messyText, { maxLength: 12 }),
        fc.array(fc.record({ input: messyText, folds: someFolds }), { maxLength: 20 }),
        (inputs, placed) => {
          const expected = inputs.map((input) => {
            const found = placed.filter((one) => near(one.input, input)).flatMap(({ folds }) => folds);
            return [...new Set(found)].sort((a, b) => a - b);
          });
          expect(foldsNear(inputs, placed)).toEqual(expected);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('leaks', () => {
  it('names the examples too close to evidence of a fold that they do not have', () => {
    const examples = [
      { input: 'a b c d', folds: [] },
      { input: 'p q r s', folds: [] },
      { input: 'a b c d e f', folds: [2] },
      { input: 'x y', folds: [4, 7] },
    ];
    const judged = [
      { input: 'x y', fold: 7 },
      { input: 'a b c d e', fold: 2 },
    ];
    expect(leaks(examples, judged)).toEqual([{ example: 0, evidence: 1, similarity: 4 / 5 }]);
    expect(
      leaks(
        [
          { input: 'y x', folds: [4] },
          { input: 'a b c d e f', folds: [] },
        ],
        judged,
      ),
    ).toEqual([
      { example: 0, evidence: 0, similarity: 1 },
      { example: 1, evidence: 1, similarity: 5 / 6 },
    ]);
  });

  it('names each example once and in order, though it leaks into several folds', () => {
    const examples = ['a b c d e', 'x y'].map((input) => ({ input, folds: [] }));
    const judged = [
      { input: 'y x', fold: 3 },
      { input: 'a b c d e', fold: 1 },
      { input: 'a b c d', fold: 2 },
    ];
    expect(leaks(examples, judged)).toEqual([
      { example: 0, evidence: 1, similarity: 1 },
      { example: 1, evidence: 0, similarity: 1 },
    ]);
  });

  it('finds a leak exactly where brute force finds one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ input: messyText, folds: someFolds }), { maxLength: 15 }),
        fc.array(fc.record({ input: messyText, fold: fc.integer({ min: 0, max: foldCount - 1 }) }), { maxLength: 15 }),
        (examples, judged) => {
          const leaking = (
            { input, folds }: { input: string; folds: readonly number[] },
            other: (typeof judged)[number],
          ): boolean => near(input, other.input) && !folds.includes(other.fold);
          const found = leaks(examples, judged);
          expect(found.map(({ example }) => example)).toEqual(
            [...examples.keys()].filter((at) =>
              judged.some((other) => leaking(examples[at] ?? { input: '', folds: allFolds }, other)),
            ),
          );
          for (const leak of found) {
            const [example, other] = [examples[leak.example], judged[leak.evidence]];
            if (example === undefined || other === undefined) throw new Error('an index out of range');
            expect(leaking(example, other)).toBe(true);
            expect(leak.similarity).toBe(similarity(example.input, other.input));
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('assignPlaces', () => {
  it('gives the report its share of the groups, taken from all folds alike, and moves no other group', () => {
    const items = itemsOf(Array.from({ length: 5_000 }, (_, index) => `order ${index} lost`));
    const without = assignPlaces({ ledger: [], items, salt, reportShare: 0 }).places;
    const places = [...assignPlaces({ ledger: [], items, salt, reportShare: 0.2 }).places];
    const reported = places.filter(([, { use }]) => use === 'report');
    expect(reported.length / 5_000).toBeCloseTo(0.2, 1);
    for (const [, { folds }] of reported) expect(folds).toEqual(allFolds);
    for (const [id, place] of places) if (place.use !== 'report') expect(place).toEqual(without.get(id));
    for (const fold of allFolds) {
      const from = reported.filter(([id]) => without.get(id)?.folds[0] === fold).length;
      expect(Math.abs(from - 100)).toBeLessThan(40);
    }
  });

  it('gives the report everything at a share of 1', () => {
    const { additions } = assignPlaces({ ledger: [], items: itemsOf(['a', 'b', 'c']), salt, reportShare: 1 });
    expect(additions.map(({ use }) => use)).toEqual(['report', 'report', 'report']);
  });

  it('places by salt and words alone, always alike, so that nothing moves when Ratchet is updated', () => {
    const items = itemsOf(['order 0 lost', 'order 1 lost', 'order 12 lost', '', '?', 'Wo ist meine Karte?']);
    expect([...assignPlaces({ ledger: [], items, salt, reportShare: 0.15 }).places.values()]).toEqual([
      { groupId: 'bfe181082cf12145', ...evidence(1) },
      { groupId: '255826d14a08c27b', ...evidence(7) },
      { groupId: 'e3a6e156b84986dd', ...evidence(5) },
      { groupId: '015780bf7b640ada', ...report },
      { groupId: '2afbfc2a3ad94b9a', ...report },
      { groupId: '17b799c91016ae55', ...evidence(1) },
    ]);
  });

  it('places by the salt', () => {
    const items = itemsOf(Array.from({ length: 50 }, (_, index) => `order ${index} lost`));
    const folds = (with_: string): readonly (readonly number[])[] =>
      [...assignPlaces({ ledger: [], items, salt: with_, reportShare: 0 }).places.values()].map((place) => place.folds);
    expect(folds('one')).not.toEqual(folds('two'));
  });

  it('gives an input whose words are on the ledger that place, whatever else is near, and adds nothing', () => {
    const { places, additions } = assignPlaces({
      ledger: [entry('block my card at once', evidence(3)), entry('block my card once', everywhere)],
      items: [{ id: 'a', input: 'At once: BLOCK my card!' }],
      salt,
      reportShare: 1,
    });
    expect(places.get('a')).toEqual({ groupId: 'group of block my card at once', ...evidence(3) });
    expect(additions).toEqual([]);
  });

  it('gives an input of a script without spaces the place of its key of before its words were told apart', () => {
    const old = { words: '快递在哪里', groupId: 'old', ...evidence(3) };
    const { places, additions } = assignPlaces({
      ledger: [old],
      items: itemsOf(['快递在哪里?']),
      salt,
      reportShare: 0,
    });
    expect(wordKey('快递在哪里?')).not.toBe(old.words);
    expect(places.get('trace-0')).toEqual({ groupId: 'old', ...evidence(3) });
    expect(additions).toEqual([]);
    const two = [
      { words: '快递 在哪里', groupId: 'a', ...evidence(3) },
      { words: '快递在哪里', groupId: 'b', ...evidence(5) },
    ];
    const between = assignPlaces({ ledger: two, items: itemsOf(['快递在哪里']), salt, reportShare: 0 });
    expect(between.places.get('trace-0')).toMatchObject({ folds: [3, 5], use: 'none' });
  });

  it('goes by the first group of two ledger entries for one input', () => {
    const ledger = [
      entry('block my card', evidence(1)),
      { ...entry('block my card', evidence(2)), groupId: 'another' },
    ];
    const first = { groupId: 'another', ...evidence(2) };
    expect(placeIn(ledger, 'block my card')).toEqual(first);
    expect(placeIn(ledger.toReversed(), 'block my card')).toEqual(first);
  });

  it('takes a group near one fold there, into the same group, with those that are near it only by others', () => {
    const { places } = assignPlaces({
      ledger: [entry('a b c d e f g', evidence(4))],
      items: [
        { id: 'near', input: 'a b c d e f' },
        { id: 'further', input: 'a b c d e' },
      ],
      salt,
      reportShare: 0,
    });
    expect(places.get('near')).toEqual({ groupId: 'group of a b c d e f g', ...evidence(4) });
    expect(places.get('further')).toEqual(places.get('near'));
  });

  it('joins the first by words of several groups of one place, in whatever order they are found', () => {
    // One group, whose first member is near the entry that comes last.
    const ends = [entry('0 2 3 4 5 6 7 8 9', evidence(7)), entry('1 2 3 4 5 6 7 8 z', evidence(7))];
    const group = ['1 2 3 4 5 6 7 8', '1 2 3 4 5 6 7 8 9', '2 3 4 5 6 7 8 9'];
    const first = { groupId: 'group of 0 2 3 4 5 6 7 8 9', ...evidence(7) };
    expect(placeIn(ends, ...group)).toEqual(first);
    expect(placeIn(ends.toReversed(), ...group)).toEqual(first);
  });

  const twoNear = (one: Pick<Place, 'folds' | 'use'>, other: Pick<Place, 'folds' | 'use'>): Place | undefined =>
    placeIn([entry('a b c d e f g', one), entry('a b c d e f h', other)], 'a b c d e f');
  const first = 'group of a b c d e f g';
  const second = 'group of a b c d e f h';
  const alone = assignPlaces({ ledger: [], items: itemsOf(['a b c d e f']), salt, reportShare: 0 }).additions[0]
    ?.groupId;

  it.each([
    ['two folds', evidence(2), evidence(5), own([2, 5], 'none'), [alone]],
    ['a fold and two lower ones', evidence(8), own([1, 3], 'none'), own([1, 3, 8], 'none'), [alone]],
    ['one fold twice', evidence(2), evidence(2), evidence(2), [first, second]],
    ['a fold, and what is kept from it alone', evidence(2), own([2], 'none'), evidence(2), [first]],
    ['what is kept from a fold, and that fold', own([2], 'none'), evidence(2), evidence(2), [second]],
    ['what is kept from one fold alone', own([2], 'none'), own([2], 'none'), evidence(2), [alone]],
    ['what is kept from two folds', own([2, 5], 'none'), own([2, 5], 'none'), own([2, 5], 'none'), [first, second]],
    ['a fold and a first example', evidence(2), everywhere, own([2], 'none'), [alone]],
    ['first examples alone', everywhere, everywhere, { use: 'none', folds: [expect.any(Number)] }, [alone]],
    ['the report alone', report, report, report, [first, second]],
    ['the report and a fold', report, evidence(2), kept, [alone]],
    ['a fold and the report', evidence(2), report, kept, [alone]],
    ['the report and what trains everywhere', report, everywhere, kept, [alone]],
    ['the report and what trains nowhere', report, kept, kept, [second]],
  ])('knows what is near %s', (_, one, other, expected, joined) => {
    const place = twoNear(one, other);
    expect(place).toMatchObject(expected);
    expect(joined).toContain(place?.groupId);
  });

  it('lets no model judge what it trained a near-duplicate of, and never moves an input, in any batches of traffic', () => {
    fc.assert(
      fc.property(
        fc.array(smallVocabularyText, { maxLength: 10 }),
        fc.array(fc.tuple(fc.array(messyText, { maxLength: 12 }), fc.constantFrom(0, 0.3, 0.6)), { maxLength: 6 }),
        fc.string(),
        (trained, batches, anySalt) => {
          let ledger = ledgerForTraining(trained);
          const seen: (Placed & { id: string })[] = [];
          batches.forEach(([batch, reportShare], number) => {
            const items = [...seen, ...itemsOf(batch, `batch-${number}`)];
            const { places, additions } = assignPlaces({ ledger, items, salt: anySalt, reportShare });
            for (const old of seen) expect(places.get(old.id)).toEqual(old.place);
            expect(places.size).toBe(items.length);
            for (const { id, input } of items.slice(seen.length)) {
              const place = places.get(id);
              if (place !== undefined) seen.push({ id, input, place });
            }
            ledger = [...ledger, ...additions];
          });
          expect(new Set(ledger.map((line) => line.words)).size).toBe(ledger.length);
          expectHonest([
            ...seen,
            ...ledger.map((line) => ({ input: line.words, place: line })),
            ...trained.map((input) => ({ input, place: { groupId: '', ...everywhere } })),
          ]);
          const judged = seen.filter(({ place }) => place.use === 'evidence');
          expect(
            leaks(
              [...seen, ...trained.map((input) => ({ input, place: everywhere }))].map(({ input, place }) => ({
                input,
                folds: place.folds,
              })),
              judged.map(({ input, place }) => ({ input, fold: place.folds[0] ?? 0 })),
            ),
          ).toEqual([]);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('keeps what is judged from the model of its part, with five parts and with ten', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(messyText, { maxLength: 10 }), { maxLength: 4 }),
        fc.constantFrom<Parts>(5, 10),
        (batches, parts) => {
          let ledger: readonly LedgerEntry[] = [];
          for (const batch of batches) {
            const answer = assignPlaces({ ledger, items: itemsOf(batch), salt, reportShare: 0.2 });
            ledger = [...ledger, ...answer.additions];
          }
          for (const judged of ledger.filter(({ use }) => use === 'evidence')) {
            const part = partOf(judged.folds[0] ?? -1, parts);
            for (const other of ledger) {
              if (near(judged.words, other.words)) expect(isHeldOut(other.folds, part, parts)).toBe(true);
            }
          }
        },
      ),
    );
  });

  it('gives a group the folds of all that is near it, found by brute force', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(smallVocabularyText, placeKinds), {
          selector: ([input]) => wordKey(input),
          maxLength: 15,
        }),
        smallVocabularyText,
        (lines, input) => {
          const ledger = lines.map(([text, place]) => entry(text, place));
          const found = ledger.filter(({ words }) => near(words, input));
          fc.pre(found.length > 0 && found.every(({ words }) => words !== wordKey(input)));
          const folds = [...new Set(found.flatMap((line) => line.folds))].sort((a, b) => a - b);
          const anyEverywhere = found.some((line) => line.folds.length === 0);
          const place = placeIn(ledger, input);
          if (folds.length > 0) expect(place?.folds).toEqual(folds);
          else expect(place?.folds).toHaveLength(1);
          const onlyReport = found.every(({ use }) => use === 'report');
          const use = onlyReport ? 'report' : folds.length === 1 && !anyEverywhere ? 'evidence' : 'none';
          expect(place?.use).toBe(use);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('puts a near-duplicate group wholly in one place', () => {
    fc.assert(
      fc.property(fc.array(messyText, { maxLength: 30 }), (inputs) => {
        const { places } = assignPlaces({ ledger: [], items: itemsOf(inputs), salt, reportShare: 0.3 });
        inputs.forEach((a, i) => {
          inputs.forEach((b, j) => {
            if (near(a, b)) expect(places.get(`trace-${i}`)).toEqual(places.get(`trace-${j}`));
          });
        });
      }),
    );
  });

  it('does not depend on the order of items or ledger', () => {
    fc.assert(
      fc.property(
        fc.array(messyText, { maxLength: 12 }),
        fc.array(fc.tuple(messyText, placeKinds), { maxLength: 12 }),
        fc.infiniteStream(fc.nat()),
        (inputs, lines, keys) => {
          const ledger = lines.map(([input, place]) => entry(input, place));
          const items = itemsOf(inputs);
          const shuffled = <T>(list: readonly T[]): T[] =>
            list
              .map((value) => ({ value, key: keys.next().value }))
              .sort((a, b) => Number(a.key) - Number(b.key))
              .map(({ value }) => value);
          const rest = { salt, reportShare: 0.2 };
          expect(assignPlaces({ ledger: shuffled(ledger), items: shuffled(items), ...rest })).toEqual(
            assignPlaces({ ledger, items, ...rest }),
          );
        },
      ),
    );
  });

  it('spreads new groups evenly over the folds, all as evidence, under any salt', () => {
    fc.assert(
      fc.property(fc.string(), (anySalt) => {
        const items = itemsOf(Array.from({ length: 1_000 }, (_, index) => `order ${index} lost`));
        const { additions } = assignPlaces({ ledger: [], items, salt: anySalt, reportShare: 0 });
        for (const fold of allFolds) {
          const count = additions.filter(({ folds }) => folds[0] === fold).length;
          expect(Math.abs(count - 100)).toBeLessThan(7 * Math.sqrt(1_000 * 0.1 * 0.9));
        }
        expect(additions.every(({ folds, use }) => folds.length === 1 && use === 'evidence')).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  it('adds to the ledger sorted by words, in the form that is stored', () => {
    fc.assert(
      fc.property(fc.array(messyText, { maxLength: 20 }), (inputs) => {
        const { additions } = assignPlaces({ ledger: [], items: itemsOf(inputs), salt, reportShare: 0.2 });
        expect(additions.map((line) => line.words)).toEqual([...new Set(inputs.map(wordKey))].sort());
        for (const line of additions) expect(ledgerEntrySchema.parse(line)).toEqual(line);
      }),
    );
  });
});
