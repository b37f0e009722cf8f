import { createPublisher } from '../adapters/publish/publisher.ts';
import { createSagemakerDeployer } from '../adapters/publish/sagemaker/sagemaker-deployer.ts';
import { endpointOfTarget } from '../adapters/publish/sagemaker/sagemaker-target.ts';
import type { Deployer } from '../ports/deployer.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { readSagemakerConfiguration } from './read-sagemaker-configuration.ts';

/** All that champions can be brought to: what is published to, and endpoints of SageMaker. */
export function createDeployer({
  objects,
  env,
}: {
  readonly objects: ObjectStore;
  readonly env: Readonly<Record<string, string | undefined>>;
}): Deployer {
  const publisher = createPublisher({ env });
  const sagemaker = () =>
    createSagemakerDeployer({ objects, configuration: readSagemakerConfiguration(env.RATCHET_SAGEMAKER) });
  const at = (target: string) => (endpointOfTarget(target) === null ? publisher : sagemaker());
  return {
    problem: (target, model) => at(target).problem(target, model),
    deploy: (target, deployment) => at(target).deploy(target, deployment),
  };
}
