import type { Predictor } from '../../../ports/predictor.ts';
import { openAiPredictorFacts, sagemakerPredictorFacts } from './facts.ts';
import type { OpenAiPredictorOptions } from './openai-predictor.ts';

/** What answers by asking endpoints. Their clients are loaded when one is first asked. */
export function createEndpointPredictors(options: OpenAiPredictorOptions): readonly Predictor[] {
  let loading: Promise<ReturnType<typeof import('./openai-predictor.ts').createOpenAiPredictor>> | undefined;
  const openAi = () => {
    loading ??= import('./openai-predictor.ts').then(({ createOpenAiPredictor }) => createOpenAiPredictor(options));
    return loading;
  };
  let loadingSagemaker:
    | Promise<ReturnType<typeof import('./sagemaker-predictor.ts').createSagemakerPredictor>>
    | undefined;
  const sagemaker = () => {
    loadingSagemaker ??= import('./sagemaker-predictor.ts').then(({ createSagemakerPredictor }) =>
      createSagemakerPredictor(options),
    );
    return loadingSagemaker;
  };
  return [
    {
      ...openAiPredictorFacts,
      predict: async (...request) => (await openAi()).predict(...request),
      mostCost: async (...request) => (await openAi()).mostCost(...request),
    },
    { ...sagemakerPredictorFacts, predict: async (...request) => (await sagemaker()).predict(...request) },
  ];
}
