import {
  CreateTrainingJobCommand,
  type CreateTrainingJobCommandInput,
  DescribeTrainingJobCommand,
  type DescribeTrainingJobCommandOutput,
  type SageMakerClient,
  StopTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import { awsErrorName, awsFailure } from '../../aws/aws-failure.ts';
import type { SagemakerConfiguration } from './sagemaker-configuration.ts';

/** Where the container finds the job's folder: SageMaker's name for the channel. */
const jobChannel = 'job';
/** The channel of a foundation that lies in S3, and where the container finds it. */
const foundationChannel = 'foundation';
export const foundationInContainer = `/opt/ml/input/data/${foundationChannel}`;

/** A training job as far as it matters here. */
export type SagemakerJob =
  | { readonly status: 'absent' }
  | { readonly status: 'working'; readonly what: string }
  | { readonly status: 'completed' | 'failed'; readonly reason: string; readonly billableSeconds: number };

/** What a job is told when it is created. */
export interface SagemakerJobRequest {
  readonly name: string;
  /** Folder of the job's input, and of what it makes: keys of the bucket, each ended by a slash. */
  readonly input: string;
  readonly work: string;
  /** `s3://…` of the foundation; null where it does not lie in S3. */
  readonly foundation: string | null;
}

/** The training jobs of an account and region. */
export class SagemakerJobs {
  readonly #client: SageMakerClient;
  readonly #configuration: SagemakerConfiguration;

  constructor(client: SageMakerClient, configuration: SagemakerConfiguration) {
    this.#client = client;
    this.#configuration = configuration;
  }

  /** @throws RatchetError AccessDenied, StorageFailure */
  async describe(name: string): Promise<SagemakerJob> {
    try {
      return jobOf(await this.#client.send(new DescribeTrainingJobCommand({ TrainingJobName: name })));
    } catch (error) {
      // What SageMaker says of a name that it does not know.
      if (awsErrorName(error) === 'ValidationException' || awsErrorName(error) === 'ResourceNotFound') {
        return { status: 'absent' };
      }
      throw awsFailure(request('see', name, 'sagemaker:DescribeTrainingJob'), error);
    }
  }

  /** Begins a job; one of that name that is there already stays as it is. @throws RatchetError */
  async create(asked: SagemakerJobRequest): Promise<void> {
    try {
      await this.#client.send(new CreateTrainingJobCommand(creation(asked, this.#configuration)));
    } catch (error) {
      if (awsErrorName(error) === 'ResourceInUse') return;
      throw awsFailure(request('create', asked.name, 'sagemaker:CreateTrainingJob, iam:PassRole'), error);
    }
  }

  /** Asks a job to stop; one that is over stays as it is. @throws RatchetError */
  async stop(name: string): Promise<void> {
    try {
      await this.#client.send(new StopTrainingJobCommand({ TrainingJobName: name }));
    } catch (error) {
      if (awsErrorName(error) === 'ValidationException') return;
      throw awsFailure(request('stop', name, 'sagemaker:StopTrainingJob'), error);
    }
  }
}

function request(action: string, name: string, permission: string) {
  return { action, resource: `the training job ${name}`, permission };
}

function jobOf(told: DescribeTrainingJobCommandOutput): SagemakerJob {
  const { TrainingJobStatus: status, SecondaryStatus: second, FailureReason: reason = '' } = told;
  const billableSeconds = told.BillableTimeInSeconds ?? 0;
  if (status === 'Completed') return { status: 'completed', reason: '', billableSeconds };
  if (status === 'Failed') return { status: 'failed', reason, billableSeconds };
  if (status === 'Stopped') {
    return { status: 'failed', reason: `It was stopped (${second ?? 'no reason given'}).`, billableSeconds };
  }
  return { status: 'working', what: second ?? status ?? '' };
}

/** The call, in full. */
function creation(
  { name, input, work, foundation }: SagemakerJobRequest,
  configuration: SagemakerConfiguration,
): CreateTrainingJobCommandInput {
  const { bucket, image, roleArn, instanceType, volumeGb, spot, maxSeconds, maxWaitSeconds, tags } = configuration;
  const channel = (channelName: string, uri: string) => ({
    ChannelName: channelName,
    InputMode: 'File' as const,
    DataSource: {
      S3DataSource: { S3DataType: 'S3Prefix' as const, S3Uri: uri, S3DataDistributionType: 'FullyReplicated' as const },
    },
  });
  return {
    TrainingJobName: name,
    RoleArn: roleArn,
    AlgorithmSpecification: { TrainingImage: image, TrainingInputMode: 'File' },
    InputDataConfig: [
      channel(jobChannel, `s3://${bucket}/${input}`),
      ...(foundation === null ? [] : [channel(foundationChannel, foundation)]),
    ],
    // What the job makes is copied from here while it works, and is there for its next attempt.
    CheckpointConfig: { S3Uri: `s3://${bucket}/${work}`, LocalPath: '/opt/ml/checkpoints' },
    OutputDataConfig: { S3OutputPath: `s3://${bucket}/${work}sagemaker` },
    ResourceConfig: { InstanceType: instanceType as 'ml.g5.xlarge', InstanceCount: 1, VolumeSizeInGB: volumeGb },
    EnableManagedSpotTraining: spot,
    StoppingCondition: {
      MaxRuntimeInSeconds: maxSeconds,
      ...(spot ? { MaxWaitTimeInSeconds: Math.max(maxSeconds, maxWaitSeconds) } : {}),
    },
    Tags: Object.entries({ application: 'ratchet', ...tags }).map(([Key, Value]) => ({ Key, Value })),
  };
}
