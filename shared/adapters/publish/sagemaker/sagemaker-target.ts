import { sagemakerEndpointName } from '../../backends/endpoint/sagemaker-options.ts';

/** What stands before the name of an endpoint of SageMaker. */
const scheme = 'sagemaker://';

/** Whether a target is meant to be an endpoint of SageMaker: its name, `''` where it is none; null for another target. */
export function endpointOfTarget(target: string): string | null {
  if (!target.startsWith(scheme)) return null;
  const name = target.slice(scheme.length);
  return sagemakerEndpointName.test(name) ? name : '';
}
