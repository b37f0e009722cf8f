import { expect, test } from 'vitest';
import { toReview } from '../../../../shared/loop/inspect/to-review.ts';
import { reviewOf } from '../../../../shared/loop/report/review-lines.ts';
import { writeJsonl } from '../../../../shared/ports/documents.ts';
import { classification } from '../../../../shared/tasks/classification/classification.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';
import { sampleRecord } from '../../../helpers/record-samples.ts';

const reportKey = 'runs/mail/r1/0/write-report/all/report.html';

test('what is to be reviewed is counted by reason as the file beside the report has it', async () => {
  const { objects } = memoryPorts();
  const wrong = { verdict: 'fail', expected: null, judge: { kind: 'llm', id: 'gpt', reason: '' } } as const;
  const disagreeing = { category: 'suspect-judgement', kind: 'people-disagree', reason: 'two of four' } as const;
  const clean = { category: 'clean', kind: 'none', reason: '' } as const;
  const records = [
    sampleRecord('t1', { judgement: wrong, verdict: 'fail', triage: clean }),
    sampleRecord('t2', { judgement: wrong, verdict: 'fail', triage: clean }),
    sampleRecord('t3', { triage: disagreeing }),
  ];
  await writeJsonl(objects, reportKey.replace('report.html', 'review.jsonl'), reviewOf(records, classification).lines);
  expect(await toReview({ reportKey }, { objects })).toEqual({
    key: 'runs/mail/r1/0/write-report/all/review.jsonl',
    reasons: [
      { why: 'people-disagree', count: 1 },
      { why: 'fail-without-correction', count: 2 },
    ],
  });
});

test('a run without a report, or without the file, has none', async () => {
  const { objects } = memoryPorts();
  expect(await toReview({ reportKey: null }, { objects })).toBeNull();
  expect(await toReview({ reportKey }, { objects })).toBeNull();
});
