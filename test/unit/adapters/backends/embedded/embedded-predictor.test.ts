import { expect, it } from 'vitest';
import { createEmbeddedPredictor } from '../../../../../shared/adapters/backends/embedded/embedded-predictor.ts';
import { EmbeddedRuntime } from '../../../../../shared/adapters/backends/embedded/embedded-runtime.ts';
import { createEmbeddedTrainer } from '../../../../../shared/adapters/backends/embedded/embedded-trainer.ts';
import { defaultConfiguration } from '../../../../../shared/adapters/backends/embedded/search-space.ts';
import { classificationTask } from '../../../../../shared/tasks/classification/classification-spec.ts';
import { intents, madeUpIntents, putDataset } from '../../../../helpers/made-up-intents.ts';
import { MemoryObjectStore } from '../../../../helpers/memory-object-store.ts';
import { train } from '../../../../helpers/training.ts';

it('tells how far it is while it embeds, never going back, and ends with all inputs', async () => {
  const objects = new MemoryObjectStore();
  await putDataset(objects, 'dataset', madeUpIntents);
  await using runtime = new EmbeddedRuntime({ objects, threads: 2 });
  const trained = await train(createEmbeddedTrainer(runtime), {
    task: classificationTask(intents),
    datasetKey: 'dataset',
    configuration: defaultConfiguration('use-lite'),
    seed: 1,
    teacher: null,
    folds: null,
    artifactKey: 'artifact',
    predictor: 'embedded',
  });
  const inputs = Array.from({ length: 200 }, (_, index) => `text number ${index} about my card`);
  const told: number[] = [];
  await createEmbeddedPredictor(runtime).predict(trained.served, [...inputs, '', ' '], {
    onProgress: (done, total) => {
      expect(total).toBe(202);
      told.push(done);
    },
  });
  expect(told.length).toBeGreaterThan(2);
  expect(told).toEqual([...told].sort((a, b) => a - b));
  expect(told.at(-1)).toBe(202);
});
