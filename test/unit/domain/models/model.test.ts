import { expect, test } from 'vitest';
import { modelSchema } from '../../../../shared/domain/models/model.ts';
import { settingsSchema } from '../../../../shared/domain/models/settings.ts';
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

test('a model from before there were changes has had none', () => {
  const { revision: _revision, changes: _changes, ...before } = sampleModel();
  expect(modelSchema.parse(before)).toEqual(sampleModel({ revision: 0, changes: [] }));
});

test('a model whose gate counted regressions keeps its limits as those of the memory, and loses the rest', () => {
  const { memoryAbsolute: _absolute, memoryFraction: _fraction, ...settings } = sampleModel().settings;
  const counted = {
    regressionsAbsolute: 5,
    regressionsFraction: 0.03,
    regressionsFractionOutweighed: 0.05,
    enoughTraffic: 40,
    enoughRegression: 30,
    regressionSetLimit: 500,
  };
  expect(modelSchema.parse({ ...sampleModel(), settings: { ...settings, ...counted } })).toEqual(
    sampleModel({ settings: { ...settings, memoryAbsolute: 5, memoryFraction: 0.03 } }),
  );
  const { regressionsFractionOutweighed: _outweighed, ...before } = counted;
  expect(modelSchema.parse({ ...sampleModel(), settings: { ...settings, ...before } }).settings.memoryAbsolute).toBe(5);
});

test('a user who gives a setting that there is no longer is told so', () => {
  expect(settingsSchema.safeParse({ regressionsAbsolute: 2 }).success).toBe(false);
  expect(settingsSchema.safeParse({ enoughTraffic: 50 }).success).toBe(false);
});
