import { expect, test } from 'vitest';
import { modelSchema } from '../../../../shared/domain/models/model.ts';
import { sampleModel } from '../../../helpers/lineage-samples.ts';

test('a model of version 0.1.0 is read as one of today: back ends named, bounds of today kept', () => {
  const { predictor: _predictor, analyst: _analyst, judge: _judge, trainerOptions: _options, ...first } = sampleModel();
  const stored = { ...first, settings: { ...first.settings, foundation: 'none', maxClusters: 150 } };
  expect(modelSchema.parse(stored)).toEqual(
    sampleModel({ trainerOptions: { foundation: 'none' }, settings: { ...first.settings, maxClusters: 100 } }),
  );
});

test('a model of today is read as it is, and one with unknown fields is refused', () => {
  expect(modelSchema.parse(sampleModel())).toEqual(sampleModel());
  expect(modelSchema.safeParse({ ...sampleModel(), colour: 'red' }).success).toBe(false);
});
