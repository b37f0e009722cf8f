import { RatchetError } from '../shared/domain/base/errors.ts';
import type { Json } from '../shared/domain/base/json.ts';
import { namedOptions } from './trainer-options.ts';

interface EndpointOptions {
  readonly endpoint?: string | undefined;
  readonly endpointModel?: string | undefined;
  readonly endpointOption: readonly string[];
}

/** What stands before the name of an endpoint of SageMaker. */
const sagemakerScheme = 'sagemaker://';

/**
 * The endpoint that a person names, with the predictor that asks such endpoints; null for none.
 * @throws RatchetError InvalidInput for options of an endpoint that is not named
 */
export function endpointOf({
  endpoint,
  endpointModel,
  endpointOption,
}: EndpointOptions): { readonly predictor: string; readonly options: Json } | null {
  const options = namedOptions(endpointOption, { of: 'an endpoint', example: '--endpoint-option maxTokens=64' });
  if (endpoint === undefined) {
    if (endpointModel === undefined && endpointOption.length === 0) return null;
    throw new RatchetError('InvalidInput', 'Something is said of an endpoint, and none is named.', {
      mend: 'Add --endpoint URL.',
    });
  }
  if (endpoint.startsWith(sagemakerScheme)) {
    if (endpointModel === undefined) {
      return { predictor: 'sagemaker-endpoint', options: { ...options, name: endpoint.slice(sagemakerScheme.length) } };
    }
    throw new RatchetError('InvalidInput', 'An endpoint of SageMaker has one model.', {
      mend: 'Leave --endpoint-model out.',
    });
  }
  if (endpointModel === undefined && options.model === undefined) {
    throw new RatchetError('InvalidInput', 'An endpoint is named, and not the model that is asked there.', {
      mend: 'Add --endpoint-model NAME, as the endpoint calls it.',
    });
  }
  return {
    predictor: 'openai',
    options: { ...options, url: endpoint, ...(endpointModel === undefined ? {} : { model: endpointModel }) },
  };
}
