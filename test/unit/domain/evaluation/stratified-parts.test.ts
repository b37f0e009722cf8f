import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stratifiedParts } from '../../../../shared/domain/evaluation/stratified-parts.ts';

const items = fc.array(fc.record({ group: fc.nat(60), stratum: fc.constantFrom('a', 'b', 'c', 'd') }), {
  minLength: 1,
  maxLength: 120,
});

describe('stratifiedParts', () => {
  test('puts each group on one part', () => {
    fc.assert(
      fc.property(items, fc.constantFrom(2, 5, 10), (given, parts) => {
        const partOf = stratifiedParts(given, parts);
        const ofGroup = new Map<number, number>();
        given.forEach(({ group }, at) => {
          const part = partOf[at] ?? -1;
          expect(part).toBeGreaterThanOrEqual(0);
          expect(part).toBeLessThan(parts);
          expect(ofGroup.get(group) ?? part).toBe(part);
          ofGroup.set(group, part);
        });
      }),
    );
  });

  test('goes by the largest groups first, by the lightest part, and by the smallest of equals', () => {
    const of = (group: number, stratum: string, count: number) =>
      Array.from({ length: count }, () => ({ group, stratum }));
    const parts = (...given: readonly { group: number; stratum: string }[][]) => {
      const items = given.flat();
      const partOf = stratifiedParts(items, 3);
      return Object.fromEntries(items.map(({ group }, at) => [group, partOf[at]]));
    };
    // In the order given, the first two would share the first part's place with the third.
    expect(parts(of(1, 'a', 1), of(2, 'a', 5), of(3, 'a', 2))).toEqual({ 2: 0, 3: 1, 1: 2 });
    // The fourth falls where its stratum is lightest, though that part is the largest.
    expect(parts(of(1, 'a', 9), of(2, 'b', 4), of(3, 'b', 3), of(4, 'b', 2))).toEqual({ 1: 0, 2: 1, 3: 2, 4: 0 });
    // Strata of which no part has any go to the smallest part, the first of equal ones.
    expect(parts(of(1, 'a', 3), of(2, 'b', 2), of(3, 'c', 2), of(4, 'd', 1), of(5, 'e', 1))).toEqual({
      ...{ 1: 0, 2: 1, 3: 2 },
      ...{ 4: 1, 5: 2 },
    });
    // What a part has of a stratum adds up over groups, and so does its size.
    expect(parts(of(1, 'a', 4), of(2, 'a', 4), of(3, 'a', 4), of(4, 'a', 3), of(5, 'a', 3), of(6, 'a', 2))).toEqual({
      ...{ 1: 0, 2: 1, 3: 2 },
      ...{ 4: 0, 5: 1, 6: 2 },
    });
    expect(parts(of(1, 'a', 5), of(2, 'b', 4), of(3, 'c', 4), of(4, 'd', 2), of(5, 'e', 1))).toEqual({
      ...{ 1: 0, 2: 1, 3: 2 },
      ...{ 4: 1, 5: 2 },
    });
    expect(stratifiedParts([], 3)).toEqual([]);
  });

  test('divides each stratum as evenly as single items allow', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 120 }), (strata) => {
        const partOf = stratifiedParts(
          strata.map((stratum, group) => ({ stratum, group })),
          5,
        );
        for (const stratum of new Set(strata)) {
          const counts = [0, 1, 2, 3, 4].map(
            (part) => strata.filter((one, at) => one === stratum && partOf[at] === part).length,
          );
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});
