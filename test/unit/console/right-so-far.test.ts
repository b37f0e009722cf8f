import { expect, test } from 'vitest';
import { type Calibration, rightSoFar } from '../../../console/review/right-so-far.ts';

const figures = (accuracy: number, n: number) => ({
  ...{ n, accuracy, confidence: 0.9, ece: 0.01, rawEce: 0.02 },
  interval: { lower: accuracy - 0.05, upper: accuracy + 0.02 },
  bins: [],
});
const calibration = {
  overall: figures(0.95, 1_234),
  labels: [
    { label: 'spam', ...figures(0.9, 210) },
    { label: 'news', n: 7 },
  ],
} as unknown as Calibration;

test('tells how often answers of the label were right, with how many and the interval', () => {
  expect(rightSoFar(calibration, 'spam')).toEqual({ ofLabel: true, words: '90.0\u00a0% of 210 (85.0–92.0\u00a0%)' });
});

test('tells no share of a label that was answered too seldom', () => {
  expect(rightSoFar(calibration, 'news')).toEqual({ ofLabel: true, words: '7 judged, too few to tell' });
});

test('tells of all answers where the answer is of no label', () => {
  const all = { ofLabel: false, words: '95.0\u00a0% of 1,234 (90.0–97.0\u00a0%)' };
  expect(rightSoFar(calibration, [{ label: 'city', start: 0, end: 4 }])).toEqual(all);
  expect(rightSoFar(calibration, 'ham')).toEqual(all);
  expect(rightSoFar({ overall: null, labels: [] }, 'ham')).toBeNull();
});
