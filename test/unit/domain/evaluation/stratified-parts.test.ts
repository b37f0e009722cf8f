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
