import { expect, test } from 'vitest';
import { labelReadingOf } from '../../../../shared/domain/models/model-change.ts';
import { judgedByPeople, suspectsOf } from '../../../../shared/loop/inspect/suspects.ts';
import { writeJsonl } from '../../../../shared/ports/documents.ts';
import { classification } from '../../../../shared/tasks/classification/classification.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';
import { sampleRecord } from '../../../helpers/record-samples.ts';

const change = { how: 'rename', from: 'spam', to: 'junk' } as const;
const changes = [{ at: '2026-01-01T00:00:00Z', by: 'ana', what: 'labels', change }] as const;
const triage = { category: 'suspect-judgement', kind: 'flipped-label', reason: 'nine neighbours say ham' } as const;

test('suspects of a run before a rename have the new name wherever the old one was', async () => {
  const { objects } = memoryPorts();
  const [spam, ham] = [labelOutput('spam'), labelOutput('ham')];
  const { part: _part, ...record } = sampleRecord('t1', {
    recorded: spam,
    answer: ham,
    runnerUp: { output: spam, confidence: 0.2 },
    expected: spam,
    judgement: { verdict: 'pass', expected: spam, judge: { kind: 'llm', id: 'gpt', reason: '' } },
    triage,
  });
  await writeJsonl(objects, 'triaged.jsonl', [record]);
  const triaged = { triagedKey: 'triaged.jsonl' };
  const junk = labelOutput('junk');
  expect(await suspectsOf({ triaged }, labelReadingOf({ changes }, classification), { objects })).toMatchObject([
    {
      recorded: junk,
      answer: ham,
      runnerUp: { output: junk },
      expected: junk,
      judgement: { verdict: 'pass', expected: junk },
    },
  ]);
  expect(await suspectsOf({ triaged }, null, { objects })).toMatchObject([{ recorded: spam, expected: spam }]);
});

test('suspects come likeliest wrong first, then oldest first; what is not suspect is no suspect', async () => {
  const { objects } = memoryPorts();
  const record = (traceId: string, probability: number | null, timestamp: string) => {
    const suspect = probability === null ? {} : { suspect: { likely: 'ham', probability } };
    const { part: _part, ...found } = sampleRecord(traceId, { timestamp, triage: { ...triage, ...suspect } });
    return found;
  };
  const { part: _part, ...clean } = sampleRecord('clean');
  const [early, late] = ['2026-01-01T00:00:00Z', '2025-12-31T23:30:00-01:00'];
  await writeJsonl(objects, 'triaged.jsonl', [
    record('b', 0.4, early),
    clean,
    record('d', 0.8, late),
    record('a', 0.4, early),
    record('c', 0.8, early),
    record('unknown', null, late),
  ]);
  const found = await suspectsOf({ triaged: { triagedKey: 'triaged.jsonl' } }, null, { objects });
  expect(found.map(({ traceId }) => traceId)).toEqual(['unknown', 'c', 'd', 'a', 'b']);
});

test('whether a person judged any of it is known', async () => {
  const { objects } = memoryPorts();
  const by = (kind: 'human' | 'llm') => {
    const { part: _part, ...record } = sampleRecord('t1', {
      judgement: { verdict: 'pass', expected: null, judge: { kind, id: 'x', reason: '' } },
    });
    return record;
  };
  const triaged = { triagedKey: 'triaged.jsonl' };
  await writeJsonl(objects, triaged.triagedKey, [by('llm')]);
  expect(await judgedByPeople({ triaged }, { objects })).toBe(false);
  await writeJsonl(objects, triaged.triagedKey, [{ ...by('llm'), judgement: null }]);
  expect(await judgedByPeople({ triaged }, { objects })).toBe(false);
  await writeJsonl(objects, triaged.triagedKey, [by('llm'), by('human')]);
  expect(await judgedByPeople({ triaged }, { objects })).toBe(true);
});
