import type {
  CreateEndpointConfigCommandInput,
  CreateModelCommandInput,
  DeploymentConfig,
  Tag,
} from '@aws-sdk/client-sagemaker';
import { canonicalJson, shortDigest } from '../../../domain/base/ids.ts';
import type { Deployment } from '../../../ports/deployer.ts';
import type { SagemakerConfiguration } from '../../backends/sagemaker/sagemaker-configuration.ts';

/** What SageMaker is told of a deployment. The same deployment and configuration give the same names. */
export interface DeploymentCalls {
  /** Object key of the artifact in the bucket. */
  readonly artifactKey: string;
  readonly model: CreateModelCommandInput & { readonly ModelName: string };
  readonly endpointConfig: CreateEndpointConfigCommandInput & { readonly EndpointConfigName: string };
  /** How an endpoint that answers already is moved; absent where no alarm guards that. */
  readonly deploymentConfig: DeploymentConfig | undefined;
  readonly tags: Tag[];
}

/** @param digest of the artifact, hex */
export function deploymentCalls(
  { modelId, checkpointId, served }: Deployment,
  digest: string,
  configuration: SagemakerConfiguration,
): DeploymentCalls {
  const { roleArn, image, bucket, prefix, serving, tags: own } = configuration;
  const { instanceType, instances, alarms, watchSeconds, maxSeconds } = serving;
  const folder = `${prefix}served/${digest}/`;
  const name = nameOf(modelId, [
    modelId,
    checkpointId,
    canonicalJson({ roleArn, image, bucket, folder, predictor: served.predictor, instanceType, instances }),
  ]);
  const tags = Object.entries({ application: 'ratchet', ...own }).map(([Key, Value]) => ({ Key, Value }));
  const s3 = { S3Uri: `s3://${bucket}/${folder}`, S3DataType: 'S3Prefix', CompressionType: 'None' } as const;
  return {
    artifactKey: `${folder}served.tar`,
    tags,
    model: {
      ModelName: name,
      ExecutionRoleArn: roleArn,
      PrimaryContainer: {
        Image: image,
        ModelDataSource: { S3DataSource: s3 },
        Environment: { RATCHET_ARTIFACT_SHA256: digest },
      },
      Tags: tags,
    },
    endpointConfig: {
      EndpointConfigName: name,
      ProductionVariants: [
        {
          VariantName: 'champion',
          ModelName: name,
          InstanceType: instanceType as 'ml.g5.xlarge',
          InitialInstanceCount: instances,
          // The model is loaded before the container is healthy, and its foundation may have to be fetched.
          ContainerStartupHealthCheckTimeoutInSeconds: 900,
        },
      ],
      Tags: tags,
    },
    deploymentConfig:
      alarms.length === 0
        ? undefined
        : {
            BlueGreenUpdatePolicy: {
              TrafficRoutingConfiguration: { Type: 'ALL_AT_ONCE', WaitIntervalInSeconds: watchSeconds },
              MaximumExecutionTimeoutInSeconds: maxSeconds,
            },
            AutoRollbackConfiguration: { Alarms: alarms.map((AlarmName) => ({ AlarmName })) },
          },
  };
}

/** At most 63 letters, digits and hyphens, with what can be shown of the model's own name. */
function nameOf(modelId: string, parts: readonly string[]): string {
  const shown = modelId.replaceAll(/[^a-zA-Z0-9]+/g, '-').slice(0, 36);
  return `ratchet-${shown.replace(/-+$/, '')}-${shortDigest(...parts)}`;
}
