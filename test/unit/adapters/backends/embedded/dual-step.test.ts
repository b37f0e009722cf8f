import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DualStep, wrightOmega } from '../../../../../shared/adapters/backends/embedded/dual-step.ts';

describe('dual step', () => {
  it("solves Wright's omega", () => {
    fc.assert(
      fc.property(fc.double({ min: -5, max: 1e6, noNaN: true }), (x) => {
        const omega = wrightOmega(x);
        expect(Math.abs(omega + Math.log(omega) - x)).toBeLessThan(1e-9 * (1 + Math.abs(x)));
      }),
    );
  });

  it('gives a distribution at which ln q + c · q − b is the same for every class, whatever the guess', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -20, max: 20, noNaN: true }), { minLength: 2, maxLength: 40 }),
        fc.double({ min: -4, max: 5, noNaN: true }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        fc.nat(),
        (b, logC, q, k) => {
          const c = 10 ** logC;
          const solution = Float64Array.from(b);
          new DualStep(b.length).solve(solution, c, { k: k % b.length, q });
          expect(solution.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 9);
          const multipliers = b.map(
            (value, index) => value - Math.log(solution[index] ?? 0) - c * (solution[index] ?? 0),
          );
          expect(Math.max(...multipliers) - Math.min(...multipliers)).toBeLessThan(1e-4 * (1 + c));
        },
      ),
    );
  });
});
