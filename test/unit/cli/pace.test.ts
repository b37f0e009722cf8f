import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Pace } from '../../../cli/pace.ts';

/** A pace after work that did `steps[i]` in the i-th second. */
function after(steps: readonly number[]): { pace: Pace; now: number; done: number } {
  const pace = new Pace(0);
  let done = 0;
  steps.forEach((step, second) => {
    done += step;
    pace.record((second + 1) * 1_000, done);
  });
  return { pace, now: steps.length * 1_000, done };
}

const left = (steps: readonly number[], total: number): number | null => {
  const { pace, now, done } = after(steps);
  return pace.timeLeft(now, done, total);
};

describe('the time left', () => {
  test('is told at a steady rate once a twentieth is done', () => {
    expect(left([10], 100)).toBe(9_000);
    expect(left([10, 10], 100)).toBe(8_000);
  });

  test('is not told of one step of many', () => {
    expect(left([1], 180)).toBeNull();
    expect(left([0, 0, 0, 1], 180)).toBeNull();
  });

  test('is told below a twentieth when the rate has held, unless it is far off', () => {
    expect(left(new Array(10).fill(1), 210)).toBe(200_000);
    expect(left(new Array(10).fill(1), 1_000)).toBeNull();
  });

  test('goes by the last ten seconds, so that a slow start is forgotten', () => {
    expect(left([...new Array(20).fill(0), ...new Array(12).fill(10)], 220)).toBe(10_000);
  });

  test('is not told while nothing moves', () => {
    expect(left([10, 10, 10, ...new Array(30).fill(0)], 100)).toBeNull();
  });

  test('is never negative, infinite or more than twenty times what has passed, whatever the progress', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -5, max: 50 }), { maxLength: 60 }),
        fc.integer({ min: 0, max: 500 }),
        (steps, total) => {
          const { pace, now, done } = after(steps);
          const estimate = pace.timeLeft(now, done, total);
          if (estimate === null) return;
          expect(estimate).toBeGreaterThan(0);
          expect(estimate).toBeLessThanOrEqual(20 * now);
        },
      ),
    );
  });
});
