import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cohensKappa } from '../../../../shared/domain/review/kappa.ts';

/** So many pairs of each combination of categories, as a table has them. */
function pairsOf(table: readonly (readonly number[])[]): [string, string][] {
  return table.flatMap((row, a) =>
    row.flatMap((count, b) => Array.from({ length: count }, (): [string, string] => [`c${a}`, `c${b}`])),
  );
}

describe("Cohen's kappa", () => {
  it.each([
    [
      [
        [20, 5],
        [10, 15],
      ],
      0.4,
      0.15109,
      0.64891,
    ],
    [
      [
        [53, 5, 2],
        [11, 14, 5],
        [1, 6, 3],
      ],
      0.42857,
      0.27969,
      0.57745,
    ],
  ])('of a table is as the delta method has it', (table, kappa, lower, upper) => {
    const found = cohensKappa(pairsOf(table));
    expect(found.kappa).toBeCloseTo(kappa, 5);
    expect(found.interval?.lower).toBeCloseTo(lower, 4);
    expect(found.interval?.upper).toBeCloseTo(upper, 4);
  });

  it('is 1 where both always agree on several things, and nothing where there is one thing alone', () => {
    expect(
      cohensKappa([
        ['a', 'a'],
        ['b', 'b'],
      ]),
    ).toEqual({ kappa: 1, interval: { lower: 1, upper: 1 } });
    expect(
      cohensKappa([
        ['a', 'a'],
        ['a', 'a'],
      ]),
    ).toEqual({ kappa: null, interval: null });
    expect(cohensKappa([])).toEqual({ kappa: null, interval: null });
  });

  it('does not depend on who is named first, and lies within its interval', () => {
    const category = fc.constantFrom('a', 'b', 'c');
    fc.assert(
      fc.property(fc.array(fc.tuple(category, category), { minLength: 1, maxLength: 30 }), (pairs) => {
        const { kappa, interval } = cohensKappa(pairs);
        const turned = cohensKappa(pairs.map(([a, b]) => [b, a] as const));
        if (kappa === null || interval === null) {
          expect(turned.kappa).toBeNull();
          return;
        }
        expect(turned.kappa).toBeCloseTo(kappa, 9);
        expect(turned.interval?.lower).toBeCloseTo(interval.lower, 9);
        expect(kappa).toBeGreaterThanOrEqual(interval.lower);
        expect(kappa).toBeLessThanOrEqual(interval.upper);
      }),
    );
  });
});
