import { expect, test } from 'vitest';
import { labelReadingOf } from '../../../../shared/domain/models/model-change.ts';
import { recordToday } from '../../../../shared/loop/inspect/record-today.ts';
import { classification } from '../../../../shared/tasks/classification/classification.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { sampleRecord } from '../../../helpers/record-samples.ts';

const change = { how: 'rename', from: 'spam', to: 'junk' } as const;
const changes = [{ at: '2026-01-01T00:00:00Z', by: 'ana', what: 'labels', change }] as const;
const reading = labelReadingOf({ changes }, classification);
const [spam, junk, ham] = [labelOutput('spam'), labelOutput('junk'), labelOutput('ham')];

test('every output of a record is in the labels of today, and all else stays', () => {
  const { judge } = sampleRecord('t1').judgement ?? {};
  if (judge === undefined) throw new Error('no judge');
  const record = sampleRecord('t1', {
    recorded: spam,
    answer: spam,
    runnerUp: { output: spam, confidence: 0.2 },
    expected: spam,
    judgement: { verdict: 'pass', expected: spam, judge },
  });
  expect(recordToday(record, reading)).toEqual({
    ...record,
    recorded: junk,
    answer: junk,
    runnerUp: { output: junk, confidence: 0.2 },
    expected: junk,
    judgement: { verdict: 'pass', expected: junk, judge },
  });
  expect(recordToday(record, null)).toBe(record);
});

test('what a record lacks it lacks today', () => {
  const bare = { recorded: null, answer: null, runnerUp: null, expected: null, judgement: null };
  expect(recordToday(sampleRecord('t1', bare), reading)).toMatchObject(bare);
  const judge = { kind: 'llm', id: 'gpt', reason: '' } as const;
  const judgement = { verdict: 'fail', expected: null, judge } as const;
  expect(recordToday(sampleRecord('t1', { judgement, answer: ham }), reading)).toMatchObject({
    judgement,
    answer: ham,
  });
});
