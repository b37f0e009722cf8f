import { expect, test } from 'vitest';
import { costTable, totalOf } from '../../../../bench/cost/cost-table.ts';
import { noUsage } from '../../../../bench/cost/usage.ts';

test('a usage costs its amounts times their prices; storage is paid by the month and stands apart', () => {
  const usage = { ...noUsage(), stateTransitions: 1_000, gigabyteSeconds: 10_000, storedGigabytes: 1_000 };
  expect(totalOf(usage)).toBeCloseTo(0.025 + 0.133334, 6);
  expect(costTable(usage)).toContain('| S3 Standard storage | 1,000 | GB a month | 23.000000 |');
});
