import { expect, test } from 'vitest';
import { learnsAgain } from '../../../../shared/domain/triage/learns-again.ts';
import { classification } from '../../../../shared/tasks/classification/classification.ts';
import { believing, judged } from './fixtures.ts';

const made = { traceId: 't', input: 'where is it', given: 'delivery' };

test('the second pass learns from what the first says too, and from what a person judged', () => {
  const record = judged(made);
  expect(learnsAgain(record, believing('delivery'), classification)).toBe(true);
  expect(learnsAgain(record, believing('refund'), classification)).toBe(false);
  expect(learnsAgain(record, undefined, classification)).toBe(false);
  const byHand = judged({ ...made, judge: 'human' });
  expect(learnsAgain(byHand, believing('refund'), classification)).toBe(true);
  expect(learnsAgain(byHand, undefined, classification)).toBe(true);
  expect(learnsAgain({ ...byHand, expected: null }, believing('delivery'), classification)).toBe(false);
});
