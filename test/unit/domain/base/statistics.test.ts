import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mcNemarOneSided, wilsonInterval } from '../../../../shared/domain/base/statistics.ts';

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
