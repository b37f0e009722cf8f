import { expect, test } from 'vitest';
import { answersOnRecord } from '../../../../shared/loop/engine/answers-on-record.ts';
import { predictorNamed, trainerNamed } from '../../../../shared/ports/back-ends.ts';
import type { Trainer } from '../../../../shared/ports/trainer.ts';
import { sampleCheckpoint, sampleModel } from '../../../helpers/lineage-samples.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';

const settings = { ...sampleModel().settings, enoughRecords: 50 };

/** Whether a run goes by the record, by default one that could pay for nothing but answers in vain. */
function onRecord(
  change: { mostEvidence?: readonly number[] | undefined; cost?: Trainer['cost']; isPaid?: boolean } = {},
) {
  const { cost = 'dear', isPaid = true } = change;
  const mostEvidence = 'mostEvidence' in change ? change.mostEvidence : [49, 0, 90, 90];
  const plain = memoryPorts();
  const trainer: Trainer = { ...trainerNamed('embedded', plain), cost, foldModels: 1, first: () => [{}] };
  const predictor = { ...predictorNamed('embedded', plain), mostCost: async () => 1, isPaid: () => isPaid };
  return answersOnRecord(
    {
      champion: sampleCheckpoint(),
      model: sampleModel({ settings }),
      ...(mostEvidence !== undefined && { mostEvidence: [...mostEvidence] }),
    },
    { trainers: new Map([[trainer.name, trainer]]), predictors: new Map([[predictor.name, predictor]]) },
  );
}

test('a run goes by the answers on record where asking costs something and the trainer has too little evidence', () => {
  expect(onRecord()).toBe(true);
});

test.each([
  ['there is enough evidence', { mostEvidence: [50] }],
  ['a training is cheap', { cost: 'cheap' as const }],
  ['asking costs nothing', { isPaid: false }],
  ['nobody counted the evidence, as in a plan of an earlier version', { mostEvidence: undefined }],
])('a run asks the champion where %s', (_, change) => {
  expect(onRecord(change)).toBe(false);
});
