import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sagemakerConfigurationSchema } from '../../shared/adapters/backends/sagemaker/sagemaker-configuration.ts';
import { createSagemakerDeployer } from '../../shared/adapters/publish/sagemaker/sagemaker-deployer.ts';
import { SagemakerEndpoints } from '../../shared/adapters/publish/sagemaker/sagemaker-endpoints.ts';
import { moveChampion } from '../../shared/domain/models/control.ts';
import { updateControl } from '../../shared/operations/control-item.ts';
import { deployChampion, notDeployed } from '../../shared/operations/deploy-champion.ts';
import { rollbackChampion } from '../../shared/operations/rollback-champion.ts';
import { sampleCheckpoint, sampleModel } from '../helpers/lineage-samples.ts';
import { MemoryObjectStore } from '../helpers/memory-object-store.ts';
import { memoryPorts } from '../helpers/memory-ports.ts';
import { PlayedSagemaker } from '../helpers/played-sagemaker.ts';
import { rejection } from '../helpers/rejection.ts';
import { ratchetInProcess } from './cli/in-process.ts';

const sha256Of = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const target = 'sagemaker://support';
const given = {
  roleArn: 'arn:aws:iam::123456789012:role/training',
  image: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/ratchet-training:1',
  bucket: 'jobs',
  region: 'eu-west-1',
};

const move = { at: '2026-01-01T00:00:00Z', by: 'test', reason: 'test' };

let sagemaker: PlayedSagemaker;
let bucket: MemoryObjectStore;
beforeEach(async () => {
  sagemaker = await PlayedSagemaker.start();
  bucket = new MemoryObjectStore();
});
afterEach(() => sagemaker.close());

/** A model that is deployed to an endpoint, whose second checkpoint was promoted over its first. */
async function promoted(serving: object = {}, modelId = 'm1') {
  const base = memoryPorts();
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new SageMakerClient({ endpoint: sagemaker.url, region: 'eu-west-1', credentials, maxAttempts: 1 });
  const waited: number[] = [];
  const deployer = createSagemakerDeployer({
    objects: base.objects,
    configuration: sagemakerConfigurationSchema.parse({ ...given, serving, tags: { team: 'support' } }),
    reach: async () => ({ endpoints: new SagemakerEndpoints(client), bucket }),
    wait: async (seconds) => void waited.push(seconds),
  });
  const ports = { ...base, deployer };
  const model = sampleModel({ modelId, deployTo: target });
  await ports.lineage.createModel(model);
  for (const [to, kind] of [['c1', 'create'] as const, ['c2', 'promote'] as const]) {
    const ref = `artifacts/${to}`;
    const bytes = new TextEncoder().encode(`weights of ${to}`);
    await ports.objects.put(ref, bytes);
    const served = { predictor: 'hf-lora', ref, digest: sha256Of(bytes) };
    await ports.lineage.putCheckpoint(sampleCheckpoint({ modelId, checkpointId: to, served }));
    await updateControl(modelId, ports, (control) => moveChampion(control, { ...move, to, kind }));
  }
  return { ports, model, modelId, waited };
}

const serves = (checkpoint: string) => {
  const { configName, status } = sagemaker.endpoints.get('support') ?? expect.fail();
  expect(status).toBe('InService');
  const model = sagemaker.models.get(configName) as unknown as {
    PrimaryContainer: { Environment: Record<string, string>; ModelDataSource: { S3DataSource: { S3Uri: string } } };
  };
  const { Environment, ModelDataSource } = model.PrimaryContainer;
  const sha256 = sha256Of(new TextEncoder().encode(`weights of ${checkpoint}`));
  expect(Environment).toEqual({ RATCHET_ARTIFACT_SHA256: sha256 });
  expect(ModelDataSource.S3DataSource.S3Uri).toBe(`s3://jobs/ratchet-training/served/${sha256}/`);
};

describe('a champion that is deployed to an endpoint of SageMaker', () => {
  it('is answered with by an endpoint that is made, then updated; what is gone back to needs nothing new', async () => {
    const { ports, model, modelId } = await promoted();
    await deployChampion(modelId, ports);
    expect(sagemaker.changes).toEqual(['CreateModel', 'CreateEndpointConfig', 'CreateEndpoint']);
    serves('c2');
    expect(await notDeployed(model, ports)).toBeNull();
    await rollbackChampion({ modelId, to: 'c1', by: 'ana', reason: 'worse' }, ports);
    serves('c1');
    expect(sagemaker.changes.slice(3)).toEqual(['CreateModel', 'CreateEndpointConfig', 'UpdateEndpoint']);
    expect(sagemaker.calls.at(-4)?.call).not.toHaveProperty('DeploymentConfig');
    await rollbackChampion({ modelId, to: 'c2', by: 'ana', reason: 'better after all' }, ports);
    serves('c2');
    expect(sagemaker.changes.slice(6)).toEqual(['UpdateEndpoint']);
    expect(await bucket.list('ratchet-training/served/')).toHaveLength(2);
  });

  it('is told with instances, role, image and tags, under one name of at most 63 characters', async () => {
    const { ports, modelId } = await promoted(
      { instanceType: 'ml.c7i.xlarge', instances: 2 },
      `a_${'long-'.repeat(16)}`,
    );
    await deployChampion(modelId, ports);
    const [[name, model] = expect.fail()] = sagemaker.models;
    expect(name.length).toBeLessThanOrEqual(63);
    const Tags = [
      { Key: 'application', Value: 'ratchet' },
      { Key: 'team', Value: 'support' },
    ];
    expect(model).toMatchObject({ ExecutionRoleArn: given.roleArn, PrimaryContainer: { Image: given.image }, Tags });
    const variant = { ModelName: name, InstanceType: 'ml.c7i.xlarge', InitialInstanceCount: 2 };
    expect(sagemaker.configs.get(name)).toMatchObject({ ProductionVariants: [variant], Tags });
  });

  it('that answers there already changes nothing, also where a call was lost', async () => {
    const { ports, modelId, waited } = await promoted();
    await deployChampion(modelId, ports);
    const before = sagemaker.changes.length;
    waited.splice(0);
    await deployChampion(modelId, ports);
    expect([sagemaker.changes.length, waited]).toEqual([before, []]);
    sagemaker.endpoints.clear();
    await deployChampion(modelId, ports);
    expect(sagemaker.changes.slice(before)).toEqual(['CreateEndpoint']);
  });

  it('waits for an update of somebody else, and then updates', async () => {
    const { ports, modelId } = await promoted();
    sagemaker.endpoints.set('support', {
      configName: 'old',
      status: 'Updating',
      reason: '',
      next: { looks: 3, status: 'InService', configName: 'other', reason: '' },
    });
    await deployChampion(modelId, ports);
    serves('c2');
    expect(sagemaker.changes).toEqual(['CreateModel', 'CreateEndpointConfig', 'UpdateEndpoint']);
  });

  it('that alarms turn back is not deployed, and says why', async () => {
    const { ports, model, modelId } = await promoted({ alarms: ['support-errors'], watchSeconds: 120 });
    await deployChampion(modelId, ports);
    sagemaker.fate = { turnsBack: true, reason: 'Alarm support-errors went off.' };
    const back = rollbackChampion({ modelId, to: 'c1', by: 'ana', reason: 'worse' }, ports);
    const fault = await rejection(back);
    expect([fault.name, fault.retryable]).toEqual(['DeployFailed', true]);
    expect(fault.message).toContain('c1 is the champion of m1, and is not deployed');
    expect(fault.message).toContain('Alarm support-errors went off.');
    expect(sagemaker.calls.find(({ name }) => name === 'UpdateEndpoint')?.call).toMatchObject({
      DeploymentConfig: {
        BlueGreenUpdatePolicy: {
          TrafficRoutingConfiguration: { Type: 'ALL_AT_ONCE', WaitIntervalInSeconds: 120 },
          MaximumExecutionTimeoutInSeconds: 1_800,
        },
        AutoRollbackConfiguration: { Alarms: [{ AlarmName: 'support-errors' }] },
      },
    });
    serves('c2');
    expect(await notDeployed(model, ports)).toContain('c1 is the champion, and c2 is deployed');
  });

  it.each([
    ['Failed', { status: 'Failed', reason: 'The image cannot be pulled.' }, 'The image cannot be pulled. Delete it'],
    ['too slow', { looks: 1_000 }, 'is still Creating after 600 seconds'],
  ] as const)('whose endpoint is %s is not deployed', async (_, fate, words) => {
    const { ports, modelId, waited } = await promoted({ maxSeconds: 600 });
    sagemaker.fate = fate;
    expect((await rejection(deployChampion(modelId, ports))).message).toContain(words);
    expect(waited.reduce((sum, seconds) => sum + seconds, 0)).toBeLessThanOrEqual(615);
  });

  it('is an artifact that the container can load, and the one that its digest speaks of', async () => {
    const { ports, modelId } = await promoted();
    const other = { predictor: 'openai', ref: 'models/m1/endpoints/x.json', digest: null };
    const damaged = { predictor: 'gliner2', ref: 'artifacts/c1', digest: '0'.repeat(64) };
    for (const [checkpointId, served, words] of [
      ['c3', other, 'cannot answer with what openai answers with'],
      ['c4', damaged, 'is not the one that its digest speaks of'],
    ] as const) {
      await ports.lineage.putCheckpoint(sampleCheckpoint({ modelId, checkpointId, served }));
      await updateControl(modelId, ports, (control) =>
        moveChampion(control, { ...move, to: checkpointId, kind: 'promote' }),
      );
      expect((await rejection(deployChampion(modelId, ports))).message).toContain(words);
    }
    expect(sagemaker.changes).toEqual([]);
  });
});

describe('a model whose champions cannot answer in the container', () => {
  it.each([
    [[], given, '--trainer gliner2-sagemaker or hf-lora-sagemaker'],
    [['--trainer', 'hf-lora-sagemaker', '--foundation', 's3://weights/base/'], given, 'a foundation of the hub'],
    [['--trainer', 'hf-lora'], null, 'set RATCHET_SAGEMAKER'],
    [['--trainer', 'hf-lora-sagemaker', '--deploy-to', 'sagemaker://a_b'], given, '63 letters'],
  ] as const)('is refused when it is created (%j)', async (args, configuration, words) => {
    const directory = await mkdtemp(join(tmpdir(), 'ratchet-deploy-'));
    try {
      const env = configuration === null ? {} : { RATCHET_SAGEMAKER: JSON.stringify(configuration) };
      const common = ['create', 'support', '--labels', 'a,b', '--deploy-to', target, '--workspace', directory];
      const refused = await ratchetInProcess([...common, ...args], '', env);
      expect(refused.code).toBe(2);
      expect(refused.stderr).toContain('cannot be deployed to');
      expect(refused.stderr).toContain(words);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });

  it('and one whose champions can is made', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'ratchet-deploy-'));
    try {
      const common = ['create', 'support', '--labels', 'a,b', '--deploy-to', target, '--workspace', directory];
      const env = { RATCHET_SAGEMAKER: JSON.stringify(given) };
      const made = await ratchetInProcess([...common, '--trainer', 'gliner2-sagemaker'], '', env);
      expect([made.code, made.stderr]).toEqual([0, expect.any(String)]);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
});
