import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { expect, test } from 'vitest';
import { followExecution } from '../../../../cli/stack/follow-execution.ts';
import type { ExecutionState } from '../../../../cli/stack/stack-executions.ts';

test('every event is told once, and those that come with the end too', async () => {
  const history = [1, 2, 3, 4, 5].map((id): HistoryEvent => ({ id, type: 'TaskScheduled', timestamp: new Date(id) }));
  const states: ExecutionState[] = [
    { status: 'RUNNING' },
    { status: 'RUNNING' },
    { status: 'SUCCEEDED', output: '{}' },
  ];
  const known = [2, 2, 5];
  let looks = 0;
  const told: (number | undefined)[] = [];
  const end = await followExecution(
    {
      describe: async () => states[looks] ?? { status: 'FAILED' },
      eventsAfter: async (_arn, lastId) => {
        const upTo = known[looks] ?? 0;
        looks += 1;
        return history.filter(({ id = 0 }) => id > lastId && id <= upTo);
      },
    },
    'arn',
    ({ id }) => told.push(id),
    1,
  );
  expect(told).toEqual([1, 2, 3, 4, 5]);
  expect(end).toEqual({ status: 'SUCCEEDED', output: '{}' });
});
