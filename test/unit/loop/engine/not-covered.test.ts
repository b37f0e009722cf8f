import { expect, test } from 'vitest';
import { withMoreMoney } from '../../../../shared/loop/engine/not-covered.ts';

test.each([
  [0.5, 0.341, 'with --budget 0.85 or more, which covers these answers'],
  [0, 2, 'with --budget 2.00 or more, which covers these answers'],
  [null, 2, 'with a larger --budget'],
  [0.5, null, 'with a larger --budget'],
])('a budget of %j with %j dollars of answers missing goes %s', (budgetUsd, notAskedUsd, words) => {
  expect(withMoreMoney({ budgetUsd, notAskedUsd })).toBe(words);
});
