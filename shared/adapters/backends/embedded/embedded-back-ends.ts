import { RatchetError } from '../../../domain/base/errors.ts';
import type { Predictor } from '../../../ports/predictor.ts';
import type { Trainer } from '../../../ports/trainer.ts';
import { taggerPredictorFacts, taggerTrainerFacts } from '../tagger/facts.ts';
import { embeddedChoicesSchema } from './embedded-configuration.ts';
import type { EmbeddedRuntimeOptions } from './embedded-runtime.ts';
import { embeddedPredictorFacts, embeddedTrainerFacts } from './facts.ts';
import { isOwnFoundation } from './foundations/foundation-name.ts';

/** Trainers and predictors that share one runtime, which is loaded when it is first used. */
export function embeddedBackEnds(options: EmbeddedRuntimeOptions): {
  readonly trainers: readonly Trainer[];
  readonly predictors: readonly Predictor[];
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
    trainers: [
      {
        ...embeddedTrainerFacts,
        async prepare(options, onFetch) {
          const { foundation, encoder: _pinned, ...choice } = embeddedChoicesSchema.parse(options);
          if (isOwnFoundation(foundation)) {
            return { foundation, encoder: await (await loaded()).runtime.pinEncoder(foundation, choice, onFetch) };
          }
          const [chosen] = Object.keys(choice);
          if (chosen === undefined) return { foundation };
          throw new RatchetError('InvalidInput', `The foundation ${foundation} has no option ${chosen}.`, {
            mend: 'Leave it out, or name an encoder of your own with --foundation.',
          });
        },
        start: async (...request) => (await loaded()).trainer.start(...request),
        advance: async (...request) => (await loaded()).trainer.advance(...request),
      },
      {
        ...taggerTrainerFacts,
        start: async (...request) => (await loaded()).taggerTrainer.start(...request),
        advance: async (...request) => (await loaded()).taggerTrainer.advance(...request),
      },
    ],
    predictors: [
      {
        ...embeddedPredictorFacts,
        predict: async (...request) => (await loaded()).predictor.predict(...request),
        explain: async (...request) => (await loaded()).predictor.explain(...request),
      },
      {
        ...taggerPredictorFacts,
        predict: async (...request) => (await loaded()).taggerPredictor.predict(...request),
        explainParts: async (...request) => (await loaded()).taggerPredictor.explainParts(...request),
      },
    ],
    forget: async (texts) => (await loaded()).runtime.forgetEmbeddings(texts),
    close: async () => (await loading)?.runtime.close(),
  };
}

async function load(options: EmbeddedRuntimeOptions) {
  const [{ EmbeddedRuntime }, { createEmbeddedTrainer }, { createEmbeddedPredictor }, tagging, tags] =
    await Promise.all([
      import('./embedded-runtime.ts'),
      import('./embedded-trainer.ts'),
      import('./embedded-predictor.ts'),
      import('../tagger/tagger-trainer.ts'),
      import('../tagger/tagger-predictor.ts'),
    ]);
  const runtime = new EmbeddedRuntime(options);
  return {
    runtime,
    trainer: createEmbeddedTrainer(runtime),
    predictor: createEmbeddedPredictor(runtime),
    taggerTrainer: tagging.createTaggerTrainer(runtime),
    taggerPredictor: tags.createTaggerPredictor(runtime),
  };
}
