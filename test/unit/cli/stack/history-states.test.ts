import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { expect, test } from 'vitest';
import { HistoryStates } from '../../../../cli/stack/history-states.ts';
import type { StateWatcher } from '../../../../shared/ports/orchestrator.ts';

const task = { Type: 'Task', Retry: [{ ErrorEquals: ['StorageFailure'], MaxAttempts: 3 }] };
const definition = {
  States: {
    'plan-candidates': { ...task, ResultPath: '$.plan' },
    'for-each-candidate': {
      Type: 'Map',
      ItemsPath: '$.plan.candidates',
      ItemProcessor: { StartAt: 'train-candidates', States: { 'train-candidates': task } },
    },
    'build-taxonomy': { ...task, ResultPath: '$.work', Next: 'is-the-taxonomy-built' },
    'is-the-taxonomy-built': { Type: 'Choice', Choices: [{ Next: 'the-taxonomy' }, { Next: 'build-taxonomy' }] },
    'the-taxonomy': { Type: 'Pass', InputPath: '$.work.result', ResultPath: '$.taxonomy', Next: 'for-each-cluster' },
    'for-each-cluster': {
      Type: 'Map',
      ItemsPath: '$.taxonomy.clusters',
      ItemProcessor: { StartAt: 'confirm-weaknesses', States: { 'confirm-weaknesses': task } },
    },
  },
};

/** What a watcher is told of a history; events get ids from 1, and follow the one before unless they say otherwise. */
function told(events: readonly (Omit<HistoryEvent, 'id' | 'timestamp'> & { previousEventId?: number | undefined })[]) {
  const lines: string[] = [];
  const watcher: StateWatcher = {
    stateStarted: (name, item, items) => lines.push(`started ${name} ${item} of ${items}`),
    stateFinished: (name, item, output) => lines.push(`finished ${name} ${item} ${JSON.stringify(output)}`),
    stateFailed: (name, item, error, left) => lines.push(`failed ${name} ${item} ${String(error)}, ${left} left`),
    stateProgress: (name, item, done, total) => lines.push(`progress ${name} ${item} ${done} of ${total}`),
  };
  const states = new HistoryStates(definition, watcher);
  for (const [index, event] of events.entries())
    states.take({ timestamp: new Date(0), previousEventId: index, ...event, id: index + 1 });
  return lines;
}

const entered = (name: string, input: unknown = {}) => ({
  type: 'TaskStateEntered' as const,
  stateEnteredEventDetails: { name, input: JSON.stringify(input) },
});
const exited = (name: string, output: unknown) => ({
  type: 'TaskStateExited' as const,
  stateExitedEventDetails: { name, output: JSON.stringify(output) },
});
const scheduled = { type: 'LambdaFunctionScheduled' as const };
const failed = (error: string, cause: string) => ({
  type: 'LambdaFunctionFailed' as const,
  lambdaFunctionFailedEventDetails: { error, cause },
});

test('a state finishes with what it added to the state of the machine', () => {
  const lines = told([
    { type: 'ExecutionStarted' },
    entered('plan-candidates'),
    scheduled,
    { type: 'LambdaFunctionSucceeded' },
    exited('plan-candidates', { run: {}, plan: { candidates: ['a', 'b'] } }),
  ]);
  expect(lines).toEqual([
    'started plan-candidates all of null',
    'finished plan-candidates all {"candidates":["a","b"]}',
  ]);
});

test('a failure tells its message and how often the state is tried again, then the state starts again', () => {
  const lines = told([
    entered('plan-candidates'),
    scheduled,
    failed('StorageFailure', '{"errorMessage":"Cannot read.","mend":"Wait."}'),
    scheduled,
    failed('InvalidInput', 'not JSON'),
  ]);
  expect(lines).toEqual([
    'started plan-candidates all of null',
    'failed plan-candidates all StorageFailure: Cannot read., 3 left',
    'started plan-candidates all of null',
    'failed plan-candidates all InvalidInput: not JSON, 0 left',
  ]);
});

test('items that work side by side are told apart by what came before their events', () => {
  const lines = told([
    entered('plan-candidates'),
    exited('plan-candidates', { plan: { candidates: ['a', 'b'] } }),
    entered('train-candidates', { item: 'a' }),
    entered('train-candidates', { item: 'b' }),
    { ...scheduled, previousEventId: 4 },
    { ...failed('StorageFailure', 'gone'), previousEventId: 5 },
    { ...scheduled, previousEventId: 3 },
    { ...scheduled, previousEventId: 6 },
    { ...exited('train-candidates', { loss: 2 }), previousEventId: 8 },
    { ...exited('train-candidates', { loss: 1 }), previousEventId: 7 },
  ]);
  expect(lines.slice(2)).toEqual([
    'started train-candidates a of 2',
    'started train-candidates b of 2',
    'failed train-candidates b StorageFailure: gone, 3 left',
    'started train-candidates b of 2',
    'finished train-candidates b {"loss":2}',
    'finished train-candidates a {"loss":1}',
  ]);
});

test('without a chain of events, the oldest item under way is meant', () => {
  const unchained = (event: Omit<HistoryEvent, 'id' | 'timestamp'>) => ({ ...event, previousEventId: undefined });
  const lines = told(
    [
      entered('train-candidates', { item: 'a' }),
      entered('train-candidates', { item: 'b' }),
      exited('train-candidates', { loss: 1 }),
      exited('train-candidates', { loss: 2 }),
    ].map(unchained),
  );
  expect(lines.slice(2)).toEqual(['finished train-candidates a {"loss":1}', 'finished train-candidates b {"loss":2}']);
});

test('a long stage starts once and finishes once, and each call between is progress', () => {
  const work = { stage: 'build-taxonomy', item: 'all', waitSeconds: 5, handle: { at: 1 }, result: null };
  const working = (done: number) => ({ ...work, status: 'working', progress: { done, total: 3 } });
  const result = { clusters: ['a', 'b'] };
  const done = { ...work, status: 'done', waitSeconds: 0, progress: null, handle: null, result };
  const lines = told([
    entered('build-taxonomy'),
    exited('build-taxonomy', { work: working(1) }),
    { type: 'WaitStateEntered' },
    entered('build-taxonomy'),
    scheduled,
    failed('StorageFailure', '{"errorMessage":"Cannot read."}'),
    scheduled,
    exited('build-taxonomy', { work: working(2) }),
    entered('build-taxonomy'),
    scheduled,
    failed('StorageFailure', '{"errorMessage":"Cannot read."}'),
    scheduled,
    exited('build-taxonomy', { work: done }),
    entered('confirm-weaknesses', { item: 'a' }),
  ]);
  expect(lines).toEqual([
    'started build-taxonomy all of null',
    'progress build-taxonomy all 1 of 3',
    'failed build-taxonomy all StorageFailure: Cannot read., 3 left',
    'started build-taxonomy all of null',
    'progress build-taxonomy all 2 of 3',
    'failed build-taxonomy all StorageFailure: Cannot read., 3 left',
    'started build-taxonomy all of null',
    'finished build-taxonomy all {"clusters":["a","b"]}',
    'started confirm-weaknesses a of 2',
  ]);
});
