import { expect, test } from 'vitest';
import { retryRules } from '../../../../cli/runtime/retry-rules.ts';

const task = (...Retry: readonly unknown[]) => ({ Type: 'Task', Retry });

test('the retry rules of all Task states are found, those within Maps and Parallels too', () => {
  const rules = retryRules({
    States: {
      first: task({ ErrorEquals: ['A', 'B'], MaxAttempts: 2 }),
      never: task(),
      pass: { Type: 'Pass' },
      each: {
        Type: 'Map',
        Retry: [{ ErrorEquals: ['A'] }],
        ItemProcessor: { States: { inMap: task({ ErrorEquals: ['C'] }) } },
      },
      both: { Type: 'Parallel', Branches: [{ States: { inBranch: task({ ErrorEquals: ['D'], MaxAttempts: 0 }) } }] },
    },
  });
  expect([...rules].map(([state, { errors, attempts }]) => [state, [...errors], attempts])).toEqual([
    ['first', ['A', 'B'], 2],
    ['inMap', ['C'], 3],
    ['inBranch', ['D'], 0],
  ]);
});
