import { expect, test } from 'vitest';
import { isFailedRun } from '../../../functions/run-ended/failed-run.ts';

test('a run has failed when its execution has, unless another run held the lease', () => {
  expect(isFailedRun({ status: 'FAILED', error: 'TrainingFailed' })).toBe(true);
  expect(isFailedRun({ status: 'FAILED', error: 'Lambda.TooManyRequestsException' })).toBe(true);
  expect(isFailedRun({ status: 'FAILED', error: null })).toBe(true);
  expect(isFailedRun({ status: 'FAILED', error: 'LeaseHeld' })).toBe(false);
  for (const status of ['SUCCEEDED', 'ABORTED', 'TIMED_OUT']) expect(isFailedRun({ status, error: null })).toBe(false);
});
