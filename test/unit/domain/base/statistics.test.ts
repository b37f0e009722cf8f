import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mcNemarOneSided, signFlipOneSided, wilsonInterval } from '../../../../shared/domain/base/statistics.ts';

describe('wilsonInterval', () => {
  it.each([
    // Computed by hand from the formula with z = 1.959964.
    [5, 10, 0.2366, 0.7634],
    [8, 10, 0.4902, 0.9433],
    [0, 10, 0, 0.2775],
    [10, 10, 0.7225, 1],
    [450, 453, 0.9807, 0.9977],
  ])('of %i in %i is [%f, %f]', (successes, trials, lower, upper) => {
    const interval = wilsonInterval(successes, trials);
    expect(interval.lower).toBeCloseTo(lower, 4);
    expect(interval.upper).toBeCloseTo(upper, 4);
  });

  it('is narrower at a lower level', () => {
    const [wide, narrow] = [wilsonInterval(5, 10, 0.99), wilsonInterval(5, 10, 0.8)];
    expect(narrow.lower).toBeGreaterThan(wide.lower);
    expect(narrow.upper).toBeLessThan(wide.upper);
  });

  it('knows nothing without trials', () => {
    expect(wilsonInterval(0, 0)).toEqual({ lower: 0, upper: 1 });
  });

  it('holds the observed rate and stays within 0 and 1', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (trials, share) => {
        const successes = Math.round(trials * share);
        const { lower, upper } = wilsonInterval(successes, trials);
        expect(lower).toBeGreaterThanOrEqual(0);
        expect(lower).toBeLessThanOrEqual(successes / trials);
        expect(upper).toBeGreaterThanOrEqual(successes / trials);
        expect(upper).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('mcNemarOneSided', () => {
  it.each([
    [1, 0, 1 / 2],
    [5, 0, 1 / 32],
    [4, 1, 6 / 32],
    [8, 2, 56 / 1024],
    [9, 1, 11 / 1024],
    [3, 3, 42 / 64],
    [0, 5, 1],
    [0, 0, 1],
  ])('of %i gains and %i losses is %f', (gained, lost, p) => {
    expect(mcNemarOneSided(gained, lost)).toBeCloseTo(p, 12);
  });

  it('stays exact where p is very small', () => {
    expect(mcNemarOneSided(100, 0) / 0.5 ** 100).toBeCloseTo(1, 6);
  });

  it('falls with every gain, rises with every loss, and is a probability', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.nat(500), (gained, lost) => {
        const p = mcNemarOneSided(gained, lost);
        expect(p).toBeGreaterThanOrEqual(0);
        expect(p).toBeLessThanOrEqual(1);
        expect(mcNemarOneSided(gained + 1, lost)).toBeLessThanOrEqual(p + 1e-12);
        expect(mcNemarOneSided(gained, lost + 1)).toBeGreaterThanOrEqual(p - 1e-12);
      }),
    );
  });
});

describe('signFlipOneSided', () => {
  /** By all 2^n ways in which the changes could have gone. */
  const enumerated = (changes: readonly number[]): number => {
    const sum = changes.reduce((total, change) => total + change, 0);
    const ways = 2 ** changes.length;
    let atLeast = 0;
    for (let way = 0; way < ways; way += 1) {
      const flipped = changes.reduce((total, change, at) => total + (way & (1 << at) ? change : -change), 0);
      if (flipped >= sum - 1e-9) atLeast += 1;
    }
    return atLeast / ways;
  };

  it('is the exact McNemar test where every change is whole', () => {
    fc.assert(
      fc.property(fc.nat(300), fc.nat(300), (gained, lost) => {
        const changes = [...Array<number>(gained).fill(1), ...Array<number>(lost).fill(-1)];
        expect(signFlipOneSided(changes)).toBe(mcNemarOneSided(gained, lost));
      }),
    );
  });

  it('counts the ways that gain as much, where changes are sixtieths', () => {
    const sixtieths = fc.integer({ min: -60, max: 60 }).map((steps) => steps / 60);
    fc.assert(
      fc.property(fc.array(sixtieths, { maxLength: 9 }), (changes) => {
        expect(signFlipOneSided(changes)).toBeCloseTo(enumerated(changes.filter((change) => change !== 0)), 9);
      }),
    );
  });

  it('is much the same beyond what is enumerated', () => {
    const drawn = (count: number) => Array.from({ length: count }, (_, at) => (at % 21 < 11 ? 0.4 : -0.4));
    const [exact, told] = [signFlipOneSided(drawn(189)), signFlipOneSided(drawn(210))];
    expect(exact).toBeGreaterThan(0.01);
    expect(Math.abs(exact - told)).toBeLessThan(0.02);
  });
});
