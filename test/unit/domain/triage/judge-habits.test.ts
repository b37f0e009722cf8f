import { describe, expect, test } from 'vitest';
import { JudgeHabits } from '../../../../shared/domain/triage/judge-habits.ts';

describe('how often a judge writes one label for another', () => {
  test.each([
    [0.2, 100, 'less than once in 100 (below 1 %)'],
    [1, 209, 'about once in 209 (below 1 %)'],
    [1, 4, 'about once in 4 (25 %)'],
    [12, 40, 'about 12 times in 40 (30 %)'],
  ])('is said of %f in %i as a person would', (written, all, words) => {
    const habits = new JudgeHabits({ counts: [Float64Array.of(all - written, written), Float64Array.of(0, 1)] });
    expect(habits.timesOf(0, 1)).toBe(words);
  });
});
