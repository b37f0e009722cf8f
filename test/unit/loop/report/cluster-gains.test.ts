import { expect, it } from 'vitest';
import { clusterGain, passingByFacet } from '../../../../shared/loop/report/cluster-gains.ts';
import { classification } from '../../../../shared/tasks/classification/classification.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { sampleRecord } from '../../../helpers/record-samples.ts';

const records = [
  sampleRecord('f1', { verdict: 'fail', answer: labelOutput('ham') }),
  sampleRecord('f2', { verdict: 'fail', answer: labelOutput('ham') }),
  sampleRecord('p1'),
  sampleRecord('p2'),
  sampleRecord('other', { expected: labelOutput('ham'), answer: labelOutput('ham') }),
];
const after = new Map([
  ['f1', true],
  ['f2', false],
  ['p1', true],
  ['p2', false],
  ['other', false],
]);

it('a cluster has traces mended and still failing, and neighbours of its label newly lost', () => {
  const passing = passingByFacet(records, classification);
  expect(clusterGain({ traceIds: ['f1', 'f2', 'unanswered'], expected: 'spam' }, passing, after)).toEqual({
    mended: 1,
    failing: 1,
    rightBefore: 2,
    lost: 1,
  });
  expect(clusterGain({ traceIds: ['f1'], expected: null }, passing, after)).toMatchObject({ rightBefore: 0, lost: 0 });
});

it('counts as lost what was right and is wrong now, of usable traces alone', () => {
  const poison = { category: 'poison', kind: 'gibberish', reason: '' } as const;
  const passing = passingByFacet(
    [...records, sampleRecord('p3'), sampleRecord('p4', { triage: poison })],
    classification,
  );
  expect(Object.fromEntries(passing)).toEqual({ spam: ['p1', 'p2', 'p3'], ham: ['other'] });
  const now = new Map([...after, ['p3', false]]);
  const own = { traceIds: [], expected: 'spam' };
  expect(clusterGain(own, passing, now)).toEqual({ mended: 0, failing: 0, rightBefore: 3, lost: 2 });
  now.delete('p3');
  expect(clusterGain(own, passing, now)).toMatchObject({ rightBefore: 2, lost: 1 });
  expect(clusterGain({ ...own, expected: 'news' }, passing, now)).toMatchObject({ rightBefore: 0, lost: 0 });
});
