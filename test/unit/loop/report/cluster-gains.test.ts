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
