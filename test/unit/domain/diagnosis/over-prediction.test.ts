import { describe, expect, it } from 'vitest';
import { asOutput } from '../../../../shared/domain/base/output.ts';
import { excessOf, overPredictionNote, overPredicts } from '../../../../shared/domain/diagnosis/over-prediction.ts';
import { classification } from '../../../../shared/tasks/classification/classification.ts';
import { entitiesOutput } from '../../../../shared/tasks/extraction/entity.ts';
import { extraction } from '../../../../shared/tasks/extraction/extraction.ts';

const city = { label: 'city', start: 0, end: 4 };
const dish = { label: 'dish', start: 5, end: 9 };

describe('over-prediction', () => {
  it('is counted part by part', () => {
    const answers = [
      { expected: entitiesOutput([]), answer: entitiesOutput([city, dish]) },
      { expected: entitiesOutput([city]), answer: entitiesOutput([dish]) },
      { expected: entitiesOutput([city]), answer: entitiesOutput([city]) },
      { expected: entitiesOutput([city, dish]), answer: null },
    ];
    expect(excessOf(answers, extraction)).toEqual({ spurious: 3, missed: 3 });
  });

  it('is no matter of a classification, whose wrong answers are one of either', () => {
    const answers = Array.from({ length: 50 }, () => ({ expected: asOutput('a'), answer: asOutput('b') }));
    const excess = excessOf(answers, classification);
    expect(excess).toEqual({ spurious: 50, missed: 50 });
    expect(overPredicts(excess)).toBe(false);
  });

  it('begins where spurious parts are many, and twice those missed', () => {
    // The paper's case.
    expect(overPredicts({ spurious: 11_367, missed: 1_890 })).toBe(true);
    expect(overPredicts({ spurious: 40, missed: 20 })).toBe(true);
    expect(overPredicts({ spurious: 40, missed: 21 })).toBe(false);
    expect(overPredicts({ spurious: 19, missed: 0 })).toBe(false);
    expect(overPredicts({ spurious: 0, missed: 0 })).toBe(false);
  });

  it('is said with its numbers in the words of the task', () => {
    expect(overPredictionNote({ spurious: 11_367, missed: 1_890 }, extraction.words)).toBe(
      'The model answers too much: 11,367 times an entity type stands where there is none, 1,890 times one is missed. Texts that hold none teach it to hold back, and so does a higher threshold.',
    );
    expect(overPredictionNote({ spurious: 30, missed: 30 }, extraction.words)).toBeNull();
  });
});
