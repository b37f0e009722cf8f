import { expect, test } from 'vitest';
import { leftOutWords } from '../../../../shared/loop/state/left-out.ts';

test('what a run did not look at is told with what bounds it', () => {
  expect(leftOutWords({ traces: 1_200, by: 'setting' }, 5_000)).toBe(
    '1,200 older traces left out: the run looked at the 5,000 newest, since the setting snapshotLimit allows no more.',
  );
  expect(leftOutWords({ traces: 1, by: 'place' }, 20)).toBe(
    '1 older trace left out: the run looked at the 20 newest, since so many are what a run can go through in the functions of this deployment.',
  );
});
