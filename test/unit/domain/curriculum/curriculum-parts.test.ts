import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Claim, collapseDuplicates } from '../../../../shared/domain/curriculum/collapse-duplicates.ts';
import { curriculumPlanSchema, planFor } from '../../../../shared/domain/curriculum/curriculum-plan.ts';
import { labelFactors, labelRatio } from '../../../../shared/domain/curriculum/label-ratio.ts';
import { lengthDistance } from '../../../../shared/domain/curriculum/quality-controls.ts';
import { selectBoundary } from '../../../../shared/domain/curriculum/select-boundary.ts';
import { balanceShares } from '../../../../shared/domain/curriculum/slice-shares.ts';
import { classification } from '../../../../shared/tasks/classification/classification.ts';
import { labelOf, labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { labelPreservingVariants } from '../../../../shared/tasks/classification/label-preserving-variants.ts';
import { bandsAttainable } from '../../../helpers/bands-attainable.ts';
import { labelOrNull } from '../../../helpers/outputs.ts';
import { record, traffic } from './records.ts';

describe('planFor', () => {
  test('is valid for every move, and the first plan for moves that leave the data alone', () => {
    for (const move of [
      'first',
      'more-hard-negatives',
      'more-boundary-gold',
      'all-judged-right',
      'two-a-pattern',
      'three-a-pattern',
    ]) {
      expect(curriculumPlanSchema.parse(planFor(move)).name).toBe(move);
    }
    expect({ ...planFor('slower'), name: 'first' }).toEqual(planFor('first'));
    expect({ ...planFor('toString'), name: 'first' }).toEqual(planFor('first'));
  });

  test('takes the number of hard negatives from the settings, and no move brings them back when there are to be none', () => {
    expect(planFor('first', { hardNegativesPerFailure: 3 }).hardNegativesPerFailure).toBe(3);
    expect(planFor('more-hard-negatives', { hardNegativesPerFailure: 3 }).hardNegativesPerFailure).toBe(20);
    expect(planFor('more-hard-negatives', { hardNegativesPerFailure: 0 })).toMatchObject({
      hardNegativesPerFailure: 0,
      hardNegativeShare: null,
    });
  });
});

describe('balanceShares', () => {
  const slice = fc.record({
    raw: fc.integer({ min: 0, max: 1000 }),
    lower: fc.double({ min: 0, max: 0.6, noNaN: true }),
    width: fc.double({ min: 0, max: 0.4, noNaN: true }),
  });

  test('meets every band whenever that is attainable, sums to 1, and stays within the weight limits', () => {
    fc.assert(
      fc.property(fc.array(slice, { minLength: 1, maxLength: 4 }), (given) => {
        const total = given.reduce((sum, { raw }) => sum + raw, 0);
        fc.pre(total > 0);
        const slices = given.map(({ raw, lower, width }) => ({
          natural: raw / total,
          lower,
          upper: lower + width,
          scaleLower: 0.25,
          scaleUpper: 4,
        }));
        const shares = balanceShares(slices);
        expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
        shares.forEach((share, at) => {
          const { natural, lower, upper } = slices[at] ?? { natural: 0, lower: 0, upper: 0 };
          expect(share).toBeGreaterThanOrEqual(natural * 0.25 - 1e-9);
          expect(share).toBeLessThanOrEqual(natural * 4 + 1e-9);
          if (bandsAttainable(slices)) {
            expect(share).toBeGreaterThanOrEqual(lower - 1e-9);
            expect(share).toBeLessThanOrEqual(upper + 1e-9);
          }
        });
      }),
    );
  });

  test('leaves shares that are in their bands as they are', () => {
    const free = { scaleLower: 0.25, scaleUpper: 4 };
    const shares = balanceShares([
      { natural: 0.52, lower: 0.4, upper: 0.6, ...free },
      { natural: 0.3, lower: 0.25, upper: 0.35, ...free },
      { natural: 0.18, lower: 0.1, upper: 0.2, ...free },
    ]);
    shares.forEach((share, at) => {
      expect(share).toBeCloseTo([0.52, 0.3, 0.18][at] ?? 0, 9);
    });
  });
});

describe('labelFactors', () => {
  test('leaves labels alone that are within the ratio', () => {
    const factors = labelFactors(
      new Map([
        ['a', 10],
        ['b', 20],
      ]),
      { lower: 0.5, upper: 2 },
    );
    expect([...factors.values()]).toEqual([1, 1]);
  });

  test('never widens the ratio and closes it where the limits allow', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 12 }), (values) => {
        const weights = new Map(values.map((value, at) => [`l${at}`, value]));
        const limits = { lower: 0.5, upper: 2 };
        const factors = labelFactors(weights, limits);
        const after = new Map([...weights].map(([label, weight]) => [label, weight * (factors.get(label) ?? 0)]));
        expect(labelRatio(after)).toBeLessThanOrEqual(labelRatio(weights) + 1e-9);
        if (labelRatio(weights) <= 4) expect(labelRatio(after)).toBeLessThanOrEqual(3);
        expect([...factors.values()].every((factor) => factor >= 0.5 && factor <= 2)).toBe(true);
      }),
    );
  });
});

describe('collapseDuplicates', () => {
  const claim = (key: string, output: string, options: Partial<Claim> = {}): Claim => ({
    input: 'Same text',
    output: labelOutput(output),
    judge: 'llm',
    timestamp: null,
    preference: 0,
    key,
    ...options,
  });

  test('goes by the latest human judgement, then the majority, then the newest', () => {
    const outputs = (claims: Claim[]): string[] =>
      collapseDuplicates(claims, classification).kept.map(({ output }) => labelOf(output));
    expect(outputs([claim('1', 'x', { judge: 'human' }), claim('2', 'y'), claim('3', 'y')])).toEqual(['x']);
    expect(
      outputs([
        claim('1', 'x', { judge: 'human', timestamp: '2026-01-01T00:00:00Z' }),
        claim('2', 'y', { judge: 'human', timestamp: '2026-01-02T00:00:00+02:00' }),
      ]),
    ).toEqual(['y']);
    expect(outputs([claim('1', 'x'), claim('2', 'y'), claim('3', 'y')])).toEqual(['y']);
    expect(outputs([claim('1', 'x', { timestamp: '2026-01-01T00:00:00Z' }), claim('2', 'y')])).toEqual(['x']);
  });

  test('drops an input that nobody can decide', () => {
    expect(collapseDuplicates([claim('1', 'x'), claim('2', 'y')], classification)).toEqual({
      kept: [],
      duplicates: 0,
      conflicting: 2,
    });
  });

  test('accounts for every claim, whatever their order', () => {
    const some = fc.record({
      input: fc.constantFrom('a', 'A ', 'b'),
      output: fc.constantFrom(labelOutput('x'), labelOutput('y')),
      judge: fc.constantFrom('human' as const, 'llm' as const, null),
      timestamp: fc.constantFrom('', '2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z'),
      preference: fc.integer({ min: 0, max: 2 }),
    });
    fc.assert(
      fc.property(fc.array(some, { maxLength: 10 }), (list) => {
        const claims = list.map((entry, at) => ({ ...entry, key: `k${at}` }));
        const result = collapseDuplicates(claims, classification);
        expect(result.kept.length + result.duplicates + result.conflicting).toBe(claims.length);
        expect(collapseDuplicates(claims.toReversed(), classification)).toEqual(result);
      }),
    );
  });
});

describe('selectBoundary', () => {
  test('takes every pass by default, close decisions and failing labels first', () => {
    const passes = [
      record('1', 'one', 'a', { margin: 0.9 }),
      record('2', 'two', 'b', { margin: 0.1 }),
      record('3', 'three', 'c', { margin: 0.95 }),
      ...traffic(['a', 'b', 'c'], 30, 0, 10).map((entry) => ({ ...entry, confidence: 1, runnerUp: null })),
    ];
    const { gold, leftOut } = selectBoundary({
      passes,
      failuresByFacet: new Map([['c', 3]]),
      plan: { ...planFor('first'), floorPerLabel: 0 },
      kind: classification,
    });
    expect(leftOut).toBe(0);
    expect(gold.length).toBe(33);
    expect(gold.slice(0, 2).map(({ input }) => input)).toEqual(['two', 'three']);
    expect(gold[0]?.provenance).toMatchObject({ why: 'judged right, close decision' });
    expect(gold[1]?.provenance).toMatchObject({ why: 'judged right, its label fails' });
  });

  test('keeps a floor of each label under a limit and says how many it left out', () => {
    const passes = [...traffic(['a'], 100, 0), ...traffic(['b'], 3, 0, 500)];
    const { gold, leftOut } = selectBoundary({
      passes,
      failuresByFacet: new Map([['a', 5]]),
      plan: { ...planFor('first'), maxBoundary: 20 },
      kind: classification,
    });
    expect(leftOut).toBe(83);
    expect(gold.filter(({ output }) => labelOrNull(output) === 'b').length).toBe(3);
  });
});

describe('labelPreservingVariants', () => {
  test('never changes which letters a text has, but for an opening', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.integer({ min: 0, max: 3 }), (input, count) => {
        const letters = (value: string): string => [...value].sort().join('');
        const variants = labelPreservingVariants(input, count);
        expect(variants.length).toBeLessThanOrEqual(count);
        for (const variant of variants) {
          if (variant.method === 'typo') expect(letters(variant.input)).toBe(letters(input.trim()));
          else expect(variant.input.endsWith(input.trim())).toBe(true);
          expect(variant.input).not.toBe(input);
        }
      }),
    );
  });
});

describe('lengthDistance', () => {
  test('is 0 for equal lengths and a fraction of the failing median otherwise', () => {
    expect(lengthDistance(['a b', 'c d'], ['e f'])).toBe(0);
    expect(lengthDistance(['a b c', 'a b c'], ['e f', 'g h'])).toBe(0.5);
    expect(lengthDistance([], ['e f'])).toBeNull();
  });
});
