import { expect, test } from 'vitest';
import { usageOfHistory } from '../../../../bench/cost/read-history.ts';

test('a history gives transitions with retries, invocations and the GB-seconds of their memory', () => {
  const events = [
    { id: 1, type: 'ExecutionStarted', timestamp: 0, previousEventId: 0 },
    {
      id: 2,
      type: 'TaskStateEntered',
      timestamp: 0,
      previousEventId: 1,
      stateEnteredEventDetails: { name: 'take-lease' },
    },
    { id: 3, type: 'LambdaFunctionScheduled', timestamp: 0, previousEventId: 2 },
    { id: 4, type: 'LambdaFunctionStarted', timestamp: 1, previousEventId: 3 },
    { id: 5, type: 'LambdaFunctionFailed', timestamp: 3, previousEventId: 4 },
    { id: 6, type: 'LambdaFunctionScheduled', timestamp: 5, previousEventId: 5 },
    { id: 7, type: 'LambdaFunctionStarted', timestamp: 5, previousEventId: 6 },
    { id: 8, type: 'LambdaFunctionSucceeded', timestamp: 7, previousEventId: 7 },
    { id: 9, type: 'TaskStateExited', timestamp: 7, previousEventId: 8 },
    {
      id: 10,
      type: 'SucceedStateEntered',
      timestamp: 7,
      previousEventId: 9,
      stateEnteredEventDetails: { name: 'finished' },
    },
  ];
  // take-lease has 512 MB: two attempts of 2 s are 2 GB-seconds. Two states, the retry and the end are transitions.
  expect(usageOfHistory({ events })).toMatchObject({ stateTransitions: 4, invocations: 2, gigabyteSeconds: 2 });
});

test('times may be written as the AWS command line writes them', () => {
  const at = (seconds: number) => `2026-01-01T00:00:0${seconds}.000000+00:00`;
  const events = [
    { id: 2, type: 'TaskStateEntered', timestamp: at(0), stateEnteredEventDetails: { name: 'take-lease' } },
    { id: 3, type: 'LambdaFunctionScheduled', timestamp: at(0), previousEventId: 2 },
    { id: 4, type: 'LambdaFunctionStarted', timestamp: at(1), previousEventId: 3 },
    { id: 5, type: 'LambdaFunctionSucceeded', timestamp: at(5), previousEventId: 4 },
  ];
  expect(usageOfHistory({ events }).gigabyteSeconds).toBe(2);
});

test('the history of the emulator is read by its tasks, those within Maps too', () => {
  const arn = 'arn:aws:lambda:us-east-1:000000000000:function:ratchet-take-lease';
  const task = (id: number, type: 'TaskScheduled' | 'TaskSucceeded', timestamp: number) => {
    const field = type === 'TaskScheduled' ? 'taskScheduledEventDetails' : 'taskSucceededEventDetails';
    return { id, type, timestamp, [field]: { resource: arn } };
  };
  const events = [
    { id: 1, type: 'ExecutionStarted', timestamp: 0 },
    { id: 2, type: 'TaskStateEntered', timestamp: 0, stateEnteredEventDetails: { name: 'take-lease' } },
    task(3, 'TaskScheduled', 0),
    task(4, 'TaskSucceeded', 4),
    { id: 5, type: 'MapStateEntered', timestamp: 4, stateEnteredEventDetails: { name: 'items' } },
    task(6, 'TaskScheduled', 4),
    task(7, 'TaskScheduled', 4),
    task(8, 'TaskSucceeded', 6),
    task(9, 'TaskSucceeded', 6),
  ];
  expect(usageOfHistory({ events })).toMatchObject({ stateTransitions: 5, invocations: 3, gigabyteSeconds: 4 });
});
