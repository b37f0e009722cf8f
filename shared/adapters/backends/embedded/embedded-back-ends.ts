import type { Predictor } from '../../../ports/predictor.ts';
import type { Trainer } from '../../../ports/trainer.ts';
import type { EmbeddedRuntimeOptions } from './embedded-runtime.ts';
import { embeddedPredictorFacts, embeddedTrainerFacts } from './facts.ts';

/** Trainer and predictor that share one runtime, which is loaded when it is first used. */
export function embeddedBackEnds(options: EmbeddedRuntimeOptions): {
  readonly trainer: Trainer;
  readonly predictor: Predictor;
  /** Forgets what is kept of texts beside datasets and artifacts. @returns how many were kept */
  forget(texts: readonly string[]): Promise<number>;
  close(): Promise<void>;
} {
  let loading: ReturnType<typeof load> | undefined;
  const loaded = () => {
    loading ??= load(options);
    return loading;
  };
  return {
    trainer: {
      ...embeddedTrainerFacts,
      start: async (...request) => (await loaded()).trainer.start(...request),
      advance: async (...request) => (await loaded()).trainer.advance(...request),
    },
    predictor: {
      ...embeddedPredictorFacts,
      predict: async (...request) => (await loaded()).predictor.predict(...request),
    },
    forget: async (texts) => (await loaded()).runtime.forgetEmbeddings(texts),
    close: async () => (await loading)?.runtime.close(),
  };
}

async function load(options: EmbeddedRuntimeOptions) {
  const [{ EmbeddedRuntime }, { createEmbeddedTrainer }, { createEmbeddedPredictor }] = await Promise.all([
    import('./embedded-runtime.ts'),
    import('./embedded-trainer.ts'),
    import('./embedded-predictor.ts'),
  ]);
  const runtime = new EmbeddedRuntime(options);
  return { runtime, trainer: createEmbeddedTrainer(runtime), predictor: createEmbeddedPredictor(runtime) };
}
