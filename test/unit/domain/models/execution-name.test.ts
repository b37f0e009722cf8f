import fc from 'fast-check';
import { expect, test } from 'vitest';
import { executionName } from '../../../../shared/domain/models/execution-name.ts';

const id = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/);

test('an execution is named by model and run', () => {
  expect(executionName({ modelId: 'spam', runId: 'run-1' })).toBe('spam.run-1');
});

test('a run that is taken up again has another name for each attempt', () => {
  expect(executionName({ modelId: 'spam', runId: 'run-1' }, 2)).toBe('spam.run-1.2');
});

test('any name is one that Step Functions takes', () => {
  fc.assert(
    fc.property(id, id, fc.integer({ min: 1, max: 99 }), (modelId, runId, attempt) => {
      expect(executionName({ modelId, runId }, attempt)).toMatch(/^[A-Za-z0-9._-]{1,80}$/);
    }),
  );
});

test('two runs of a model with a long name have two names', () => {
  const modelId = 'm'.repeat(100);
  const names = ['run-20261122T131500-3f7k2a', 'run-20261122T131500-3f7k2b'].map((runId) =>
    executionName({ modelId, runId }),
  );
  expect(new Set(names).size).toBe(2);
});
