import { describe, expect, test } from 'vitest';
import { JudgeHabits } from '../../../../shared/domain/triage/judge-habits.ts';

describe('how often a judge writes one label for another', () => {
  test.each([
    [0.2, 100, 'less than once in 100 (below 1 %)'],
    [1, 209, 'about once in 209 (below 1 %)'],
    [1, 4, 'about once in 4 (25 %)'],
    [12, 40, 'about 12 times in 40 (30 %)'],
    [0.5, 50, 'about once in 50 (1 %)'],
    [1.5, 50, 'about 2 times in 50 (3 %)'],
    [0, 0, 'less than once in 0 (below 1 %)'],
  ])('is said of %f in %i as a person would', (written, all, words) => {
    const habits = new JudgeHabits({ counts: [Float64Array.of(all - written, written), Float64Array.of(0, 1)] });
    expect(habits.timesOf(0, 1)).toBe(words);
  });
});

describe('whether a judge writes one label for another by a rule', () => {
  /** Of the first of four labels: how often it is written right, and as each other. */
  const isRule = (...row: readonly number[]) =>
    new JudgeHabits({ counts: [Float64Array.from(row), ...[1, 2, 3].map(() => Float64Array.of(0, 0, 0, 0))] }).isRule(
      0,
      1,
    );

  test('goes by its share of the errors, which has to be nearer to all than to chance', () => {
    // Chance is a third, so that two thirds are half way.
    expect(isRule(50, 6, 1, 1)).toBe(true);
    expect(isRule(50, 4, 1, 1)).toBe(false);
    expect(isRule(50, 5, 2, 1)).toBe(false);
    expect(isRule(0, 7, 3, 0)).toBe(true);
  });

  test('takes four of them, however many were right', () => {
    expect(isRule(50, 4, 0, 0)).toBe(true);
    expect(isRule(50, 3.9, 0, 0)).toBe(false);
  });

  test('is no rule where there is only one other label to write', () => {
    const habits = new JudgeHabits({ counts: [Float64Array.of(10, 40), Float64Array.of(0, 9)] });
    expect([habits.isRule(0, 1), habits.isRule(5, 1)]).toEqual([false, false]);
  });
});
