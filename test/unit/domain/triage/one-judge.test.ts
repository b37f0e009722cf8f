import { expect, it } from 'vitest';
import { groupsIn, probabilityOf, saidRecords, topOf } from '../../../../shared/domain/triage/one-judge.ts';
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

it('is looked at for records whose right output is known, of which the first examples say something', () => {
  const said = { labels: ['spam', 'ham'], probabilities: [0.25, 0.75] };
  const trusted = new Map(['known', 'open', 'unjudged'].map((id) => [id, said]));
  const judge = { kind: 'rule', id: 'r', reason: '' } as const;
  const judgement = { verdict: 'fail', expected: labelOutput('ham'), judge } as const;
  const records = [
    sampleRecord('known', { judgement, expected: labelOutput('ham'), input: 'lunch', groupId: 'g' }),
    sampleRecord('open', { judgement, expected: null }),
    sampleRecord('unjudged', { judgement: null, expected: labelOutput('ham') }),
    sampleRecord('unsaid', { judgement, expected: labelOutput('ham') }),
  ];
  expect(saidRecords(records, trusted, classification)).toEqual([
    {
      ...{ traceId: 'known', groupId: 'g', input: 'lunch', given: classification.key(labelOutput('ham')) },
      ...{ judges: ['rule/r'], trusted: said },
    },
  ]);
});

it('only what begins as carried over is that of a person', () => {
  const trusted = new Map([['t1', { labels: ['spam'], probabilities: [1] }]]);
  const judge = { kind: 'llm', id: 'propagated/x', reason: '' } as const;
  const judgement = { verdict: 'pass', expected: labelOutput('spam'), judge } as const;
  const [said] = saidRecords([sampleRecord('t1', { judgement })], trusted, classification);
  expect(said?.judges).toEqual(['llm/propagated/x']);
});

it('counts near-duplicates once', () => {
  expect(groupsIn(['a', 'b', 'a'].map((groupId) => ({ groupId })))).toBe(2);
  expect(groupsIn([])).toBe(0);
});

it('names the likeliest output, the first of equals, and the probability of each', () => {
  const said = { labels: ['a', 'b', 'c'], probabilities: [0.2, 0.4, 0.4] };
  expect(topOf(said)).toEqual({ label: 'b', p: 0.4 });
  expect(topOf({ labels: ['a', 'b'], probabilities: [0.5, 0.5] })).toEqual({ label: 'a', p: 0.5 });
  expect(topOf({ labels: [], probabilities: [] })).toEqual({ label: '', p: 0 });
  expect(['a', 'c', 'none'].map((label) => probabilityOf(said, label))).toEqual([0.2, 0.4, 0]);
});
