import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wordKey } from '../../../../shared/domain/base/text.ts';
import {
  nearDuplicateGroups,
  nearDuplicatesByKind,
  nearDuplicatesOf,
} from '../../../../shared/domain/similarity/near-duplicates.ts';
import { jaccard, nearDuplicateThreshold, wordSet } from '../../../helpers/word-sets.ts';
import { messyText } from './texts.ts';

function similarity(a: string, b: string): number {
  return wordKey(a) === wordKey(b) ? 1 : jaccard(wordSet(a), wordSet(b));
}

function groupsByBruteForce(texts: readonly string[]): number[] {
  const groups = texts.map((_, index) => index);
  texts.forEach((a, i) => {
    texts.slice(0, i).forEach((b, j) => {
      const [from, to] = [groups[i], groups[j]];
      if (similarity(a, b) < nearDuplicateThreshold || to === undefined) return;
      groups.forEach((group, k) => {
        if (group === from) groups[k] = to;
      });
    });
  });
  const numbers = new Map<number, number>();
  return groups.map((group) => {
    if (!numbers.has(group)) numbers.set(group, numbers.size);
    return numbers.get(group) ?? -1;
  });
}

/** Long texts: slices of one sequence of words, with some words exchanged. */
const longText = fc
  .tuple(
    fc.integer({ min: 0, max: 12 }),
    fc.oneof(fc.integer({ min: 18, max: 30 }), fc.integer({ min: 30, max: 60 })),
    fc.uniqueArray(fc.integer({ min: 0, max: 59 }), { maxLength: 8 }),
  )
  .map(([from, length, exchanged]) =>
    Array.from({ length }, (_, index) => (exchanged.includes(index) ? `x${index}` : `w${from + index}`)).join(' '),
  );

describe('nearDuplicateGroups', () => {
  it('finds what brute force finds, on short and messy texts', () => {
    fc.assert(
      fc.property(fc.array(messyText, { maxLength: 40 }), (texts) => {
        expect([...nearDuplicateGroups(texts)]).toEqual(groupsByBruteForce(texts));
      }),
      { numRuns: 200 },
    );
  });

  it('finds what brute force finds, on long texts', () => {
    fc.assert(
      fc.property(fc.array(longText, { maxLength: 25 }), (texts) => {
        expect([...nearDuplicateGroups(texts)]).toEqual(groupsByBruteForce(texts));
      }),
      { numRuns: 200 },
    );
  });

  it('counts exactly 0.8 as near and anything less as not', () => {
    expect([...nearDuplicateGroups(['a b c d e', 'a b c d', 'a b c'])]).toEqual([0, 0, 1]);
    expect([...nearDuplicateGroups(['1 2 3 4 5 6 7 8 x', '1 2 3 4 5 6 7 8 y', '1 2 3 4 5 6 7 z'])]).toEqual([0, 0, 1]);
  });

  it('joins the ends of a chain whose links are near', () => {
    const chain = ['a b c d e f', 'a b c d e', 'a b c d'];
    expect(similarity(chain[0] ?? '', chain[2] ?? '')).toBeLessThan(nearDuplicateThreshold);
    expect([...nearDuplicateGroups(chain)]).toEqual([0, 0, 0]);
  });

  it('keeps texts without words apart unless they are the same', () => {
    expect([...nearDuplicateGroups(['?', '', ' ? ', '!', '  '])]).toEqual([0, 1, 0, 2, 1]);
  });

  it('groups many fillings of one template, and keeps those of a short template apart', () => {
    const long = Array.from(
      { length: 10_000 },
      (_, order) => `hello my order number ${order} has still not arrived yet can you help`,
    );
    const short = Array.from({ length: 10_000 }, (_, order) => `order ${order} not arrived`);
    expect(new Set(nearDuplicateGroups([...long, ...short])).size).toBe(1 + 10_000);
  });

  it('answers nothing for nothing', () => {
    expect([...nearDuplicateGroups([])]).toEqual([]);
  });
});

describe('nearDuplicatesOf', () => {
  const request = [
    fc.array(fc.oneof(messyText, longText), { maxLength: 15 }),
    fc.array(fc.oneof(messyText, longText), { maxLength: 30 }),
  ] as const;

  it('finds the closest reference that brute force finds', () => {
    fc.assert(
      fc.property(...request, (texts, references) => {
        const expected = texts.flatMap((text, index) => {
          const similarities = references.map((reference) => similarity(text, reference));
          const best = Math.max(...similarities);
          return best >= nearDuplicateThreshold
            ? [{ index, reference: similarities.indexOf(best), similarity: best }]
            : [];
        });
        expect(nearDuplicatesOf(texts, references)).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  it('finds some reference, where any will do, exactly where there is one', () => {
    fc.assert(
      fc.property(...request, (texts, references) => {
        const any = nearDuplicatesOf(texts, references, 'any');
        expect(any.map((near) => near.index)).toEqual(nearDuplicatesOf(texts, references).map((near) => near.index));
        for (const near of any) {
          expect(near.similarity).toBe(similarity(texts[near.index] ?? '', references[near.reference] ?? ''));
          expect(near.similarity).toBeGreaterThanOrEqual(nearDuplicateThreshold);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('nearDuplicatesByKind', () => {
  const text = fc.oneof(messyText, longText);
  const references = fc.array(fc.record({ text, kind: fc.constantFrom('one', 'two', 'three') }), { maxLength: 30 });

  it('finds one reference of each kind, exactly where brute force finds some', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 15 }), references, (texts, among) => {
        const found = nearDuplicatesByKind(texts, among);
        const expected = texts.flatMap((one, index) =>
          ['one', 'two', 'three']
            .filter((kind) =>
              among.some((other) => other.kind === kind && similarity(one, other.text) >= nearDuplicateThreshold),
            )
            .map((kind) => `${index} ${kind}`),
        );
        expect(found.map(({ index, kind }) => `${index} ${kind}`).sort()).toEqual(expected.sort());
        for (const near of found) {
          const other = among[near.reference];
          expect(other?.kind).toBe(near.kind);
          expect(near.similarity).toBe(similarity(texts[near.index] ?? '', other?.text ?? ''));
        }
      }),
      { numRuns: 200 },
    );
  });

  it('searches only the kinds that are wanted for a text', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 15 }), references, (texts, among) => {
        const wanted = (index: number, kind: string): boolean => (index % 2 === 0) === (kind === 'one');
        expect(nearDuplicatesByKind(texts, among, wanted)).toEqual(
          nearDuplicatesByKind(texts, among).filter(({ index, kind }) => wanted(index, kind)),
        );
      }),
    );
  });

  it('does not read all references that are alike', () => {
    const filling = (order: number): string => `hello my order number ${order} has still not arrived yet can you help`;
    const among = Array.from({ length: 20_000 }, (_, order) => ({ text: filling(order), kind: order % 3 }));
    const texts = Array.from({ length: 20_000 }, (_, order) => filling(100_000 + order));
    expect(nearDuplicatesByKind(texts, among)).toHaveLength(60_000);
  });
});
