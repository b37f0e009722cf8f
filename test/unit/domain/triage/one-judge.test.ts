import { expect, it } from 'vitest';
import { saidRecords } from '../../../../shared/domain/triage/one-judge.ts';
import { classification } from '../../../../shared/tasks/classification/classification.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { sampleRecord } from '../../../helpers/record-samples.ts';

it('what was carried over is of one voice with the person who said it, and bears them out for nobody', () => {
  const trusted = new Map([['t1', { labels: ['spam'], probabilities: [1] }]]);
  const judge = { kind: 'propagated', id: 'ana', reason: '' } as const;
  const judgement = { verdict: 'pass', expected: labelOutput('spam'), judge, alsoBy: ['human/ana', 'rule/r'] } as const;
  const [said] = saidRecords([sampleRecord('t1', { judgement })], trusted, classification);
  expect(said?.judges).toEqual(['human/ana', 'rule/r']);
});
