import { expect, test } from 'vitest';
import { embeddedTrainerFacts } from '../../../../shared/adapters/backends/embedded/facts.ts';
import { withoutStaleChampion } from '../../../../shared/loop/engine/without-champion.ts';
import { classificationTask } from '../../../../shared/tasks/classification/classification-spec.ts';
import { sampleCheckpoint, sampleModel } from '../../../helpers/lineage-samples.ts';

const offered = embeddedTrainerFacts.first({ options: { foundation: 'none' }, losesTooMuch: false });
const run = (labels: readonly string[]) => ({
  model: sampleModel({ task: classificationTask(labels) }),
  champion: sampleCheckpoint({ task: classificationTask(['ham', 'spam']) }),
});

test('a champion of the same labels may be learnt from', () => {
  expect(withoutStaleChampion(offered, run(['spam', 'ham']), embeddedTrainerFacts)).toEqual(offered);
});

test('from a champion of other labels nothing is learnt', () => {
  const left = withoutStaleChampion(offered, run(['spam', 'ham', 'phishing']), embeddedTrainerFacts);
  expect(left).toEqual(offered.filter((one) => !embeddedTrainerFacts.learnsFromChampion(one)));
  expect(left.length).toBeGreaterThan(0);
  expect(left.length).toBeLessThan(offered.length);
});

test('where every configuration learns from the champion, all are left', () => {
  const learning = offered.filter((one) => embeddedTrainerFacts.learnsFromChampion(one));
  expect(withoutStaleChampion(learning, run(['a', 'b']), embeddedTrainerFacts)).toEqual(learning);
});
