import { describe, expect, it } from 'vitest';
import { calibrationError } from '../../../../bench/trainer/calibration-error.ts';

describe('the calibration error', () => {
  it('is the gap between confidence and accuracy when all answers fall in one bin', () => {
    expect(calibrationError([0.9, 0.9, 0.9, 0.9], [true, true, true, false])).toBeCloseTo(0.15);
  });

  it('weighs the bins by their answers', () => {
    // Half the answers: 1.0 and right. The other half: 0.5, one of two right, so no gap. Then 0.5 and always wrong.
    expect(calibrationError([1, 1, 0.5, 0.5], [true, true, true, false])).toBeCloseTo(0);
    expect(calibrationError([1, 1, 0.5, 0.5], [true, true, false, false])).toBeCloseTo(0.25);
  });

  it('does not let too sure and too unsure answers of different bins make up for one another', () => {
    expect(calibrationError([0.95, 0.55], [false, true])).toBeCloseTo((0.95 + 0.45) / 2);
  });

  it('puts a confidence on the border of two of its 15 bins into the lower one', () => {
    // 1/15 and 0.04 share the first bin, where their gaps cancel out: 0.5 right on average against 0.053.
    expect(calibrationError([1 / 15, 0.04], [true, false])).toBeCloseTo(Math.abs(1 - 1 / 15 - 0.04) / 2);
  });

  it('is 0 without answers', () => {
    expect(calibrationError([], [])).toBe(0);
  });
});
