import { expect, test } from 'vitest';
import { championScore, scoredSchema } from '../../../functions/run-ended/champion-score.ts';

const result = {
  run: 'r1',
  decision: 'promoted',
  reason: 'It gains.',
  champion: 'c2',
  scores: { before: { traffic: 0.8, failures: 0, passes: 1 }, after: { traffic: 0.9, failures: 0.6, passes: 0.98 } },
  gain: null,
  memory: {},
  report: 'runs/m1/r1/report.html',
};

test('the dashboard shows the score out of fold of whoever is the champion after the run', () => {
  expect(championScore(scoredSchema.parse(result))).toBe(0.9);
  expect(championScore(scoredSchema.parse({ ...result, decision: 'kept' }))).toBe(0.8);
});

test('the dashboard shows nothing where nothing was measured', () => {
  const unmeasured = { ...result, decision: 'kept', scores: { before: {}, after: null } };
  expect(championScore(scoredSchema.parse(unmeasured))).toBeNull();
  expect(championScore(null)).toBeNull();
});
