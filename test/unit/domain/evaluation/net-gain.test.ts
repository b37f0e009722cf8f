import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mcNemarOneSided } from '../../../../shared/domain/base/statistics.ts';
import {
  type NetGain,
  netGain as netGainOf,
  pairsNeeded as pairsNeededOf,
  pairsNeededStrictly as pairsNeededStrictlyOf,
  partialChanges,
  wholeChanges,
} from '../../../../shared/domain/evaluation/net-gain.ts';

const netGain = (groups: number, gained: number, lost: number): NetGain =>
  netGainOf(wholeChanges(groups, gained, lost));
const pairsNeeded = (groups: number, gained: number, lost: number, margin: number): number | null =>
  pairsNeededOf(wholeChanges(groups, gained, lost), margin);
const pairsNeededStrictly = (groups: number, gained: number, lost: number, alpha: number): number | null =>
  pairsNeededStrictlyOf(wholeChanges(groups, gained, lost), alpha);

const counts = fc
  .tuple(fc.integer({ min: 1, max: 5_000 }), fc.nat(200), fc.nat(200))
  .filter(([groups, gained, lost]) => gained + lost <= groups);

describe('netGain', () => {
  it.each([
    // By hand: d − 1.645 √(g + l + 1 − (g − l)² / n) / n.
    [500, 20, 16, 0.008, -0.012003],
    [1_806, 41, 23, 0.009967, 0.002633],
    [1_000, 0, 0, 0, -0.001645],
    [10, 10, 0, 1, 0.8355],
    [2, 0, 2, -1, -1],
    [1, 0, 0, 0, -1],
  ])('of %i pairs, %i gained and %i lost is %f, surely above %f', (groups, gained, lost, net, lower) => {
    const gain = netGain(groups, gained, lost);
    expect(gain.net).toBeCloseTo(net, 6);
    expect(gain.lower).toBeCloseTo(lower, 5);
  });

  it.each([0, -1, Number.NaN])('of %d pairs is unknown', (groups) => {
    expect(netGain(groups, 3, 1)).toEqual({ net: 0, lower: -1 });
  });

  it('is bounded below itself, never below −1, and rises with every gain', () => {
    fc.assert(
      fc.property(counts, ([groups, gained, lost]) => {
        const { net, lower } = netGain(groups, gained, lost);
        expect(lower).toBeLessThan(net + (net === -1 ? 1 : 0));
        expect(lower).toBeGreaterThanOrEqual(-1);
        if (gained < lost || gained + lost === groups) return;
        expect(netGain(groups, gained + 1, lost).lower).toBeGreaterThan(lower - 1e-12);
        expect(netGain(groups, gained + 1, lost + 1).lower).toBeLessThanOrEqual(lower);
      }),
    );
  });
});

describe('pairsNeeded', () => {
  it('is where the bound would cross the margin, if gains and losses went on alike', () => {
    expect(pairsNeeded(500, 20, 16, 0.0025)).toBe(1_780);
    fc.assert(
      fc.property(counts, fc.double({ min: 0, max: 0.02, noNaN: true }), ([groups, gained, lost], margin) => {
        const needed = pairsNeeded(groups, gained, lost, margin);
        if (gained <= lost) {
          expect(needed).toBeNull();
          return;
        }
        const boundAt = (pairs: number) =>
          netGain(pairs, (gained * pairs) / groups, (lost * pairs) / groups).lower + margin;
        expect(boundAt((needed ?? 0) + 1)).toBeGreaterThan(-1e-9);
        if ((needed ?? 0) > 2) expect(boundAt((needed ?? 0) - 1.01)).toBeLessThan(1e-9);
      }),
    );
  });

  it('knows nothing without pairs', () => {
    expect(pairsNeeded(0, 3, 1, 0.01)).toBeNull();
    expect(pairsNeeded(Number.NaN, 3, 1, 0.01)).toBeNull();
  });
});

describe('pairsNeededStrictly', () => {
  it('is about where the exact test would reject, if gains and losses went on alike', () => {
    for (const [groups, gained, lost] of [
      [500, 20, 16],
      [500, 30, 25],
      [1_000, 60, 45],
      [400, 40, 38],
    ] as const) {
      const needed = pairsNeededStrictly(groups, gained, lost, 0.05) ?? 0;
      const pAt = (pairs: number) =>
        mcNemarOneSided(Math.round((gained * pairs) / groups), Math.round((lost * pairs) / groups));
      expect(pAt(needed * 1.1)).toBeLessThan(0.05);
      expect(pAt(needed * 0.85)).toBeGreaterThan(0.05);
    }
    expect(pairsNeededStrictly(500, 20, 16, 0.05)).toBe(3_289);
  });

  it('is null where there is no gain, or nothing is known', () => {
    expect(pairsNeededStrictly(500, 16, 16, 0.05)).toBeNull();
    expect(pairsNeededStrictly(0, 3, 1, 0.05)).toBeNull();
    expect(pairsNeededStrictly(Number.NaN, 3, 1, 0.05)).toBeNull();
  });
});

describe('changes in part', () => {
  const whole = fc.array(fc.constantFrom(-1, 1), { maxLength: 60 });

  it('of whole answers are counted to the digit as gains and losses are', () => {
    fc.assert(
      fc.property(whole, fc.nat(500), (changes, more) => {
        const groups = changes.length + more;
        const gained = changes.filter((change) => change > 0).length;
        expect(partialChanges(groups, changes)).toEqual(wholeChanges(groups, gained, changes.length - gained));
      }),
    );
  });

  it('are bounded by their own squares, with one whole change more', () => {
    // By hand: S = 0.9, Q = 0.25 + 0.25 + 0.01; d = 0.009; se = √(0.51 + 1 − 0.81 / 100) / 100.
    const { net, lower } = netGainOf(partialChanges(100, [0.5, 0.5, -0.1]));
    expect(net).toBeCloseTo(0.009, 12);
    expect(lower).toBeCloseTo(0.009 - 1.645 * 0.0122553, 6);
  });

  it('do not hang on their order', () => {
    fc.assert(
      fc.property(
        fc
          .array(fc.double({ min: -1, max: 1, noNaN: true }), { maxLength: 30 })
          .chain((all) =>
            fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length })),
          ),
        ([changes, shuffled]) => {
          expect(partialChanges(100, shuffled)).toEqual(partialChanges(100, changes));
        },
      ),
    );
  });
});
