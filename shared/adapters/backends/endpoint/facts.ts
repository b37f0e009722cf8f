import type { Predictor } from '../../../ports/predictor.ts';
import { classification } from '../../../tasks/classification/classification.ts';
import { extraction } from '../../../tasks/extraction/extraction.ts';
import { generation } from '../../../tasks/generation/generation.ts';
import { openAiEndpointSchema } from './endpoint-options.ts';
import { sagemakerEndpointSchema } from './sagemaker-options.ts';

/** The name of the predictor that asks OpenAI-compatible endpoints. */
export const openAiEndpoint = 'openai';

/** The tasks that endpoints can be asked. */
export const endpointTasks: readonly string[] = [classification.kind, extraction.kind, generation.kind];

/** What the predictor says of itself without being loaded. */
export const openAiPredictorFacts: Omit<Predictor, 'predict' | 'mostCost'> = {
  name: openAiEndpoint,
  tasks: endpointTasks,
  ranked: false,
  chunk: 50,
  endpoint: openAiEndpointSchema,
};

/** What the predictor that asks endpoints of SageMaker says of itself without being loaded. */
export const sagemakerPredictorFacts: Omit<Predictor, 'predict'> = {
  name: 'sagemaker-endpoint',
  tasks: endpointTasks,
  ranked: true,
  chunk: 100,
  endpoint: sagemakerEndpointSchema,
};
