import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mcNemarOneSided } from '../../../../shared/domain/base/statistics.ts';
import { type FacetCount, fallenFacets, isPossible } from '../../../../shared/domain/evaluation/facet-losses.ts';

const count = (facet: string, gained: number, lost: number, records = 100): FacetCount => ({
  facet,
  records,
  gained,
  lost,
});

const counts = fc.uniqueArray(
  fc.record({
    facet: fc.constantFrom(...'abcdef'),
    records: fc.constantFrom(0, 60),
    gained: fc.nat(20),
    lost: fc.nat(20),
  }),
  { selector: ({ facet }) => facet },
);

describe('fallenFacets', () => {
  it('adjusts by Holm: the smallest p times the number of facets, the next times one less', () => {
    // Alone: 1/128, 1/64 (twice), 1/2.
    const facets = [count('a', 0, 6), count('b', 0, 7), count('c', 0, 1), count('d', 3, 1)];
    const fallen = fallenFacets(facets);
    expect(fallen.map(({ facet }) => facet)).toEqual(['b', 'a', 'c']);
    expect(fallen.map(({ pValue }) => pValue)).toEqual([4 / 128, 3 / 64, 1]);
    expect(fallen.map(({ proven }) => proven)).toEqual([true, true, false]);
  });

  it('never gives a facet a smaller p than one that is worse', () => {
    // Alone 1/64 each: 3/64 for the first, and the later ones no less.
    expect(fallenFacets([count('c', 0, 6), count('b', 0, 6), count('a', 0, 6)])).toEqual([
      { ...count('a', 0, 6), pValue: 3 / 64, proven: true },
      { ...count('b', 0, 6), pValue: 3 / 64, proven: true },
      { ...count('c', 0, 6), pValue: 3 / 64, proven: true },
    ]);
  });

  it('counts all facets that have records among those tested, and no others', () => {
    const provenBeside = (others: FacetCount[]) => fallenFacets([count('a', 0, 5), ...others])[0]?.proven;
    expect(provenBeside([])).toBe(true);
    expect(provenBeside([count('b', 0, 0, 0), { ...count('c', 0, 0), records: Number.NaN }])).toBe(true);
    expect(provenBeside([count('b', 4, 0)])).toBe(false);
  });

  it('puts the larger loss first where p is the same, then goes by name', () => {
    const [first, second] = fallenFacets([count('a', 0, 2_000, 9_999), count('b', 0, 2_001, 9_999)]);
    expect([first?.facet, second?.facet]).toEqual(['b', 'a']);
  });

  it('calls exactly those fallen that lose more than they gain, and proves none below its own p', () => {
    fc.assert(
      fc.property(counts, (facets) => {
        const fallen = fallenFacets(facets);
        const tested = facets.filter(({ records }) => records > 0);
        expect(fallen.map(({ facet }) => facet).sort()).toEqual(
          tested.flatMap(({ facet, gained, lost }) => (lost > gained ? [facet] : [])).sort(),
        );
        for (const { gained, lost, pValue, proven } of fallen) {
          const alone = mcNemarOneSided(lost, gained);
          expect(pValue).toBeGreaterThanOrEqual(alone);
          expect(pValue).toBeLessThanOrEqual(Math.min(1, tested.length * alone) + 1e-12);
          expect(proven).toBe(pValue <= 0.05);
        }
      }),
    );
  });

  it('finds no facet fallen in 95 of 100 decisions where none falls', () => {
    // Exact: with 12 discordant pairs each, ten losses of twelve are p = 0.0193; over 5 facets Holm asks p ≤ 0.01.
    expect(fallenFacets([count('a', 2, 10), ...[...'bcde'].map((facet) => count(facet, 6, 6))])[0]?.proven).toBe(false);
    expect(fallenFacets([count('a', 1, 11), ...[...'bcde'].map((facet) => count(facet, 6, 6))])[0]?.proven).toBe(true);
  });
});

describe('isPossible', () => {
  it('holds of whole numbers that together are no more than the records', () => {
    expect(isPossible({ records: 9, gained: 4, lost: 5 })).toBe(true);
    expect(isPossible({ records: 0, gained: 0, lost: 0 })).toBe(true);
    expect(isPossible({ records: 9, gained: 5, lost: 5 })).toBe(false);
    expect(isPossible({ records: 9, gained: -1, lost: 5 })).toBe(false);
    expect(isPossible({ records: 9, gained: 1.5, lost: 5 })).toBe(false);
    expect(isPossible({ records: 9, gained: 1, lost: Number.NaN })).toBe(false);
    expect(isPossible({ records: Number.POSITIVE_INFINITY, gained: 1, lost: 1 })).toBe(false);
  });
});
