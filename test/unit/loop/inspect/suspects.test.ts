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
  await writeJsonl(objects, triaged.triagedKey, [by('llm'), by('human')]);
  expect(await judgedByPeople({ triaged }, { objects })).toBe(true);
});
