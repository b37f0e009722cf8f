import { join } from 'node:path';
import type { Predictor } from '../../shared/ports/predictor.ts';
import type { Trainer } from '../../shared/ports/trainer.ts';
import type { PortsPart } from './cloud-ports.ts';
import { once } from './lambda-function.ts';

/** The back ends that train and answer: the embedded one, whose weights come from a layer. Loaded when it is first used. */
export const withBackEnds: PortsPart = ({ ports, cacheDirectory }) => {
  const backEnd = once(async () => {
    const [{ EmbeddedRuntime }, { createEmbeddedTrainer }, { createEmbeddedPredictor }] = await Promise.all([
      import('../../shared/adapters/backends/embedded/embedded-runtime.ts'),
      import('../../shared/adapters/backends/embedded/embedded-trainer.ts'),
      import('../../shared/adapters/backends/embedded/embedded-predictor.ts'),
    ]);
    const runtime = new EmbeddedRuntime({
      objects: ports.objects,
      cacheDirectory: join(cacheDirectory, 'embeddings'),
      // The build writes the worker threads' code beside the function's own.
      workerFile: new URL('./worker.js', import.meta.url),
    });
    return { trainer: createEmbeddedTrainer(runtime), predictor: createEmbeddedPredictor(runtime) };
  });
  const trainer: Trainer = {
    name: 'embedded',
    train: async (request, onProgress) => (await backEnd()).trainer.train(request, onProgress),
  };
  const predictor: Predictor = {
    name: 'embedded',
    predict: async (checkpoint, inputs, options) => (await backEnd()).predictor.predict(checkpoint, inputs, options),
  };
  return {
    trainers: new Map([[trainer.name, trainer]]),
    predictors: new Map([[predictor.name, predictor]]),
  };
};
