import { expect, test } from 'vitest';
import { mostEvidence } from '../../../shared/operations/short-of-trainer.ts';
import { labelOutput } from '../../../shared/tasks/classification/label.ts';

const judge = { kind: 'human', id: 'ana', reason: '' } as const;
const record = { recorded: labelOutput('a'), use: 'evidence' as const, folds: [2] };
const records = [
  { ...record, judgement: { verdict: 'pass' as const, expected: null, judge } },
  { ...record, folds: [7], judgement: { verdict: 'fail' as const, expected: labelOutput('b'), judge } },
  { ...record, judgement: { verdict: 'fail' as const, expected: null, judge } },
  { ...record, judgement: null },
  { ...record, use: 'report' as const, judgement: { verdict: 'pass' as const, expected: null, judge } },
];

test('of what is judged only that can be evidence of which something is known to be right', () => {
  expect(mostEvidence(records, { judge: 'rule' })).toEqual([0, 0, 1, 0, 0, 0, 0, 1, 0, 0]);
});

test('where a chat model judges, all of it can be', () => {
  expect(mostEvidence(records, { judge: 'llm' })).toEqual([0, 0, 3, 0, 0, 0, 0, 1, 0, 0]);
});
