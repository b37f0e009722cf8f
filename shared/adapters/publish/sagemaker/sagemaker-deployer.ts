import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { RatchetError } from '../../../domain/base/errors.ts';
import type { Json } from '../../../domain/base/json.ts';
import type { Deployable, Deployer, Deployment } from '../../../ports/deployer.ts';
import { readObject } from '../../../ports/documents.ts';
import type { ObjectStore } from '../../../ports/object-store.ts';
import { gliner2OnnxPredictor } from '../../backends/gliner2-onnx/facts.ts';
import { gliner2BackEnd } from '../../backends/jobs/gliner2-facts.ts';
import { hfLoraBackEnd } from '../../backends/jobs/hf-lora-facts.ts';
import type { SagemakerConfiguration } from '../../backends/sagemaker/sagemaker-configuration.ts';
import { type DeploymentCalls, deploymentCalls } from './deployment-calls.ts';
import type { EndpointState, SagemakerEndpoints } from './sagemaker-endpoints.ts';
import { endpointOfTarget } from './sagemaker-target.ts';

export interface SagemakerDeployerOptions {
  /** Artifacts. */
  readonly objects: ObjectStore;
  /** Null where none is configured. */
  readonly configuration: SagemakerConfiguration | null;
  /** What reaches SageMaker and the bucket; the SDK's own clients by default. */
  readonly reach?: (configuration: SagemakerConfiguration) => Promise<Reached>;
  /** Waits between two looks at an endpoint. */
  readonly wait?: (seconds: number) => Promise<void>;
}

export interface Reached {
  readonly endpoints: SagemakerEndpoints;
  readonly bucket: ObjectStore;
}

/** Trainers whose artifacts the container of `training/Dockerfile` can load on any machine. */
const trainers: readonly string[] = [`${gliner2BackEnd}-sagemaker`, `${hfLoraBackEnd}-sagemaker`];
/** What answers with the same artifacts. */
const predictors: readonly string[] = [gliner2BackEnd, hfLoraBackEnd, gliner2OnnxPredictor];

const optionsSchema = z.looseObject({ foundation: z.string().optional(), method: z.string().optional() });

const pollSeconds = 15;
/** Looks at an endpoint until a call must have shown. */
const mostUnseen = 4;

/**
 * Deploys to an endpoint of SageMaker, `sagemaker://NAME`: the artifact goes to the bucket, a model and a configuration are
 * made of it under names that follow from them, and the endpoint is updated, or made where there is none. It is deployed
 * when the endpoint answers with that configuration; alarms of the configuration turn it back, which is a fault.
 */
export function createSagemakerDeployer(options: SagemakerDeployerOptions): Deployer {
  return {
    problem: (target, model) => problemOf(target, model, options.configuration),
    async deploy(target, deployment) {
      try {
        await deployTo(endpointOfTarget(target) ?? '', deployment, options);
      } catch (error) {
        const said = error instanceof Error ? error.message : String(error);
        throw new RatchetError('DeployFailed', said, { cause: error });
      }
    },
  };
}

function problemOf(
  target: string,
  { trainer, trainerOptions }: Deployable,
  configuration: SagemakerConfiguration | null,
): string | null {
  if (endpointOfTarget(target) === '') return 'write sagemaker://NAME, NAME up to 63 letters, digits and hyphens';
  if (configuration === null) return 'sagemaker://NAME set RATCHET_SAGEMAKER (docs/back-ends.md tells its fields)';
  if (!trainers.includes(trainer)) return `sagemaker://NAME train with --trainer ${trainers.join(' or ')}`;
  return isCarried(trainerOptions)
    ? null
    : 'sagemaker://NAME name a foundation of the hub, or train all weights (method=full): the container has no other';
}

/** Whether the container has all that answers: what was trained from an S3 folder in part is not whole without it. */
function isCarried(trainerOptions: Json): boolean {
  const { foundation = '', method } = optionsSchema.safeParse(trainerOptions).data ?? {};
  return !foundation.startsWith('s3://') || method === 'full';
}

async function deployTo(name: string, deployment: Deployment, options: SagemakerDeployerOptions): Promise<void> {
  const { objects, configuration, reach = reachAws } = options;
  if (configuration === null) throw new Error('RATCHET_SAGEMAKER does not say as what SageMaker works');
  const { served } = deployment;
  if (served.digest === null || !predictors.includes(served.predictor)) {
    throw new Error(`the container cannot answer with what ${served.predictor} answers with`);
  }
  const { endpoints, bucket } = await reach(configuration);
  const calls = deploymentCalls(deployment, served.digest, configuration);
  if ((await bucket.list(calls.artifactKey)).length === 0) {
    const bytes = await readObject(objects, served.ref);
    if (createHash('sha256').update(bytes).digest('hex') !== served.digest) {
      throw new Error(`the artifact ${served.ref} is not the one that its digest speaks of`);
    }
    await bucket.putIfAbsent(calls.artifactKey, bytes);
  }
  await endpoints.prepare(calls);
  await bring(name, calls, endpoints, configuration.serving.maxSeconds, options.wait);
}

/** Moves the endpoint to the configuration, and waits until it answers with it. */
async function bring(
  name: string,
  calls: DeploymentCalls,
  endpoints: SagemakerEndpoints,
  maxSeconds: number,
  wait: (seconds: number) => Promise<void> = (seconds) => sleep(seconds * 1_000),
): Promise<void> {
  const wanted = calls.endpointConfig.EndpointConfigName;
  let begun = false;
  let unseen = 0;
  let state: EndpointState = { status: 'absent' };
  for (let waited = 0; waited <= maxSeconds; waited += pollSeconds) {
    state = await endpoints.describe(name);
    if (state.status === 'resting' && state.configName === wanted) return;
    if (state.status === 'broken') {
      throw new Error(
        `the endpoint ${name} is ${state.said}: ${state.reason} Delete it (aws sagemaker delete-endpoint --endpoint-name ${name}), and it is made anew`,
      );
    }
    if (state.status === 'moving') unseen = mostUnseen;
    else if (!begun) {
      await (state.status === 'absent' ? endpoints.create(name, calls) : endpoints.update(name, calls));
      begun = true;
      unseen = 0;
    } else if (unseen >= mostUnseen) throw new Error(turnedBack(name, state));
    else unseen += 1;
    await wait(pollSeconds);
  }
  const said = state.status === 'absent' ? 'not there' : state.said;
  throw new Error(`the endpoint ${name} is still ${said} after ${maxSeconds} seconds; what was begun goes on`);
}

function turnedBack(name: string, state: EndpointState): string {
  if (state.status === 'absent') return `the endpoint ${name} is gone`;
  return `SageMaker went back to ${state.configName} at the endpoint ${name}: ${state.reason || 'it says no reason'}`;
}

/** The SDK is loaded with the first deployment. */
async function reachAws({ region, endpoint, bucket }: SagemakerConfiguration): Promise<Reached> {
  const [{ S3Client }, { SageMakerClient }, { S3ObjectStore }, { SagemakerEndpoints: Endpoints }] = await Promise.all([
    import('@aws-sdk/client-s3'),
    import('@aws-sdk/client-sagemaker'),
    import('../../aws/s3-object-store.ts'),
    import('./sagemaker-endpoints.ts'),
  ]);
  const where = { ...(region === undefined ? {} : { region }), ...(endpoint === undefined ? {} : { endpoint }) };
  // An endpoint of one's own seldom has a host name for each bucket.
  const s3 = new S3Client({ ...where, forcePathStyle: endpoint !== undefined });
  return { endpoints: new Endpoints(new SageMakerClient(where)), bucket: new S3ObjectStore({ client: s3, bucket }) };
}
