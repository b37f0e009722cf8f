import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  type SageMakerClient,
  UpdateEndpointCommand,
} from '@aws-sdk/client-sagemaker';
import { awsErrorName, awsFailure } from '../../aws/aws-failure.ts';
import type { DeploymentCalls } from './deployment-calls.ts';

/** An endpoint as far as it matters here. */
export type EndpointState =
  | { readonly status: 'absent' }
  | {
      /** `resting` answers with its configuration; `moving` will rest; `broken` rests no more by itself. */
      readonly status: 'resting' | 'moving' | 'broken';
      /** In SageMaker's words. */
      readonly said: string;
      readonly configName: string;
      readonly reason: string;
    };

const moving = new Set(['Creating', 'Updating', 'SystemUpdating', 'RollingBack', 'Deleting']);

/** The endpoints of an account and region. All of it throws RatchetError AccessDenied, StorageFailure. */
export class SagemakerEndpoints {
  readonly #client: SageMakerClient;

  constructor(client: SageMakerClient) {
    this.#client = client;
  }

  async describe(name: string): Promise<EndpointState> {
    const told = await orAbsent('the endpoint', name, 'sagemaker:DescribeEndpoint', () =>
      this.#client.send(new DescribeEndpointCommand({ EndpointName: name })),
    );
    if (told === null) return { status: 'absent' };
    const { EndpointStatus: said = '', EndpointConfigName: configName = '', FailureReason: reason = '' } = told;
    const status = said === 'InService' ? 'resting' : moving.has(said) ? 'moving' : 'broken';
    return { status, said, configName, reason };
  }

  /** Makes the model and the configuration of a deployment, unless they are there: their names say all that is in them. */
  async prepare({ model, endpointConfig }: DeploymentCalls): Promise<void> {
    await ensure('the model', model.ModelName, 'sagemaker:CreateModel, sagemaker:DescribeModel, iam:PassRole', {
      describe: () => this.#client.send(new DescribeModelCommand({ ModelName: model.ModelName })),
      create: () => this.#client.send(new CreateModelCommand(model)),
    });
    const name = endpointConfig.EndpointConfigName;
    const permission = 'sagemaker:CreateEndpointConfig, sagemaker:DescribeEndpointConfig';
    await ensure('the endpoint configuration', name, permission, {
      describe: () => this.#client.send(new DescribeEndpointConfigCommand({ EndpointConfigName: name })),
      create: () => this.#client.send(new CreateEndpointConfigCommand(endpointConfig)),
    });
  }

  async create(name: string, { endpointConfig: { EndpointConfigName }, tags }: DeploymentCalls): Promise<void> {
    const request = { EndpointName: name, EndpointConfigName, Tags: tags };
    await named('create', 'the endpoint', name, 'sagemaker:CreateEndpoint', () =>
      this.#client.send(new CreateEndpointCommand(request)),
    );
  }

  async update(name: string, { endpointConfig, deploymentConfig: DeploymentConfig }: DeploymentCalls): Promise<void> {
    const { EndpointConfigName } = endpointConfig;
    const guard = DeploymentConfig === undefined ? {} : { DeploymentConfig };
    await named('update', 'the endpoint', name, 'sagemaker:UpdateEndpoint', () =>
      this.#client.send(new UpdateEndpointCommand({ EndpointName: name, EndpointConfigName, ...guard })),
    );
  }
}

async function ensure(
  what: string,
  name: string,
  permission: string,
  { describe, create }: { readonly describe: () => Promise<unknown>; readonly create: () => Promise<unknown> },
): Promise<void> {
  if ((await orAbsent(what, name, permission, describe)) !== null) return;
  try {
    await create();
  } catch (error) {
    // Somebody else may have made the same meanwhile.
    if (awsErrorName(error) === 'ValidationException' && (await orAbsent(what, name, permission, describe)) !== null) {
      return;
    }
    throw failure('create', what, name, permission, error);
  }
}

async function orAbsent<T>(
  what: string,
  name: string,
  permission: string,
  describe: () => Promise<T>,
): Promise<T | null> {
  try {
    return await describe();
  } catch (error) {
    // What SageMaker says of a name that it does not know.
    if (['ValidationException', 'ResourceNotFound'].includes(awsErrorName(error))) return null;
    throw failure('see', what, name, permission, error);
  }
}

async function named(
  action: string,
  what: string,
  name: string,
  permission: string,
  call: () => Promise<unknown>,
): Promise<void> {
  try {
    await call();
  } catch (error) {
    throw failure(action, what, name, permission, error);
  }
}

/** What SageMaker refuses it tells why, such as a quota or an image that is not there: that is what a person needs. */
function failure(action: string, what: string, name: string, permission: string, error: unknown): Error {
  const fault = awsFailure({ action, resource: `${what} ${name}`, permission }, error);
  const isRefused = ['ValidationException', 'ResourceLimitExceeded', 'ResourceInUse'].includes(awsErrorName(error));
  if (!isRefused || !(error instanceof Error)) return fault;
  return new Error(`SageMaker does not ${action} ${what} ${name}: ${error.message.slice(0, 600)}`, { cause: error });
}
