import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import {
  DescribeTrainingJobCommand,
  ListTagsCommand,
  ListTrainingJobsCommand,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { S3ObjectStore } from '../../../shared/adapters/aws/s3-object-store.ts';
import { sagemakerConfigurationSchema } from '../../../shared/adapters/backends/sagemaker/sagemaker-configuration.ts';
import { SagemakerJobs } from '../../../shared/adapters/backends/sagemaker/sagemaker-jobs.ts';
import { createSagemakerTrainer } from '../../../shared/adapters/backends/sagemaker/sagemaker-trainer.ts';
import type { Progress } from '../../../shared/ports/long-work.ts';
import type { Artifact, Trainer, TrainingRequest } from '../../../shared/ports/trainer.ts';
import { contractRequest, training } from '../../contract/trained.ts';
import { foldPlan } from '../../helpers/fold-plan.ts';
import { putDataset } from '../../helpers/made-up-intents.ts';
import { MemoryObjectStore } from '../../helpers/memory-object-store.ts';
import { startMoto } from '../moto.ts';
import { counting, countingPython, motoServer, notInstalled } from '../python.ts';

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const region = 'us-east-1';
const later = Number.POSITIVE_INFINITY;
const facts = { ...counting.trainer, name: 'counting-sagemaker', predictors: ['counting'] };

const configurationOf = (endpoint: string) =>
  sagemakerConfigurationSchema.parse({
    roleArn: 'arn:aws:iam::123456789012:role/training',
    image: '123456789012.dkr.ecr.us-east-1.amazonaws.com/ratchet-training:1',
    bucket: 'jobs',
    hourlyUsd: 1.5,
    tags: { team: 'support' },
    endpoint,
    region,
  });

function clientsOf(endpoint: string) {
  const configuration = configurationOf(endpoint);
  const sagemaker = new SageMakerClient({ endpoint, region, credentials, maxAttempts: 1 });
  return { configuration, sagemaker, jobs: new SagemakerJobs(sagemaker, configuration) };
}

function handleOf(progress: Progress<Artifact>): { readonly job: string; readonly attempt: number } {
  if (progress.status !== 'working') throw new Error(`it is ${progress.status}`);
  return progress.handle as { job: string; attempt: number };
}

const request = (seconds = 0): TrainingRequest => ({
  ...contractRequest({ foundation: 'nothing', seconds }),
  predictor: 'counting',
  folds: foldPlan('artifacts/made-up', 5, [1, 3]),
});

/** The emulator keeps the state of jobs, and runs none: what a container does is done here, by the container's own entry. */
describe.skipIf(notInstalled !== null || motoServer === undefined)(
  'training jobs on SageMaker, as moto plays it',
  () => {
    let endpoint: string;
    let stop: () => Promise<void>;
    let objects: MemoryObjectStore;
    let bucket: S3ObjectStore;
    let trainer: Trainer;
    let sagemaker: SageMakerClient;
    let folder: string;
    let keys = 0;
    let key: string;

    beforeAll(async () => {
      const moto = await startMoto();
      endpoint = moto.url;
      stop = async () => moto.close();
      const s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
      await s3.send(new CreateBucketCommand({ Bucket: 'jobs' }));
      bucket = new S3ObjectStore({ client: s3, bucket: 'jobs' });
    });
    afterAll(() => stop());

    beforeEach(async () => {
      objects = new MemoryObjectStore();
      const { configuration, jobs, sagemaker: client } = clientsOf(endpoint);
      sagemaker = client;
      trainer = createSagemakerTrainer({ facts, backEnd: 'counting', objects, bucket, jobs, configuration });
      await putDataset(
        objects,
        request().datasetKey,
        training.map((one, at) => ({ ...one, folds: [at % 10] })),
      );
      keys += 1;
      key = `key-${keys}`;
      folder = await mkdtemp(join(tmpdir(), 'ratchet-opt-ml-'));
    });
    afterEach(() => rm(folder, { recursive: true, force: true }));

    const named = async () => {
      const { TrainingJobSummaries: all = [] } = await sagemaker.send(new ListTrainingJobsCommand({ MaxResults: 100 }));
      return all.map(({ TrainingJobName: name = '' }) => name);
    };
    const work = (job: string) => `ratchet-training/${job}/work/`;

    it('are created once a key, with what spot, limits, tags and the way back need', async () => {
      const before = await named();
      const handle = handleOf(await trainer.start(key, request(), later));
      expect(handleOf(await trainer.start(key, request(), later)).job).toBe(handle.job);
      const name = `ratchet-${handle.job}-0`;
      expect(name.length).toBeLessThanOrEqual(63);
      expect((await named()).filter((one) => !before.includes(one))).toContain(name);
      const told = await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: name }));
      expect(told).toMatchObject({
        RoleArn: 'arn:aws:iam::123456789012:role/training',
        EnableManagedSpotTraining: true,
        StoppingCondition: { MaxRuntimeInSeconds: 14_400, MaxWaitTimeInSeconds: 28_800 },
        ResourceConfig: { InstanceType: 'ml.g5.xlarge', InstanceCount: 1, VolumeSizeInGB: 50 },
        CheckpointConfig: { S3Uri: `s3://jobs/${work(handle.job)}`, LocalPath: '/opt/ml/checkpoints' },
      });
      const tags = await sagemaker.send(new ListTagsCommand({ ResourceArn: told.TrainingJobArn ?? '' }));
      expect(tags.Tags).toEqual(
        expect.arrayContaining([
          { Key: 'application', Value: 'ratchet' },
          { Key: 'team', Value: 'support' },
        ]),
      );
      expect(await bucket.list(`ratchet-training/${handle.job}/input/`)).toHaveLength(2);
    });

    it('come back as artifacts, with their texts removed from the bucket', async () => {
      const handle = handleOf(await trainer.start(key, request(), later));
      expect(await container(handle.job)).toBe(0);
      const end = await trainer.advance(handle, later);
      if (end.status !== 'done') throw new Error(`it is ${end.status}`);
      expect(end.value.folds?.models.filter((model) => model !== null)).toHaveLength(2);
      expect(end.value.finalLoss).toBeGreaterThan(0);
      expect(await objects.get(request().artifactKey)).toHaveLength(end.value.bytes ?? 0);
      expect(await bucket.list(`ratchet-training/${handle.job}/`)).toEqual([
        `ratchet-training/${handle.job}/note.json`,
      ]);
      expect((await trainer.start(key, request(), later)).status).toBe('done');
      expect(await trainer.advance(handle, later)).toMatchObject({
        status: 'done',
        value: { served: end.value.served },
      });
    });

    it('go on from what an interrupted container has left in S3', async () => {
      const handle = handleOf(await trainer.start(key, request(0.02), later));
      expect(await container(handle.job, 5)).not.toBe(0);
      expect(await container(handle.job)).toBe(0);
      const manifest = JSON.parse(new TextDecoder().decode(await bucket.get(`${work(handle.job)}manifest.json`)));
      expect(manifest.attempts).toBe(2);
      expect((await trainer.advance(handle, later)).status).toBe('done');
    });

    it('that ended and left nothing are begun anew under another name', async () => {
      const handle = handleOf(await trainer.start(key, request(), later));
      // The emulator says that it is completed, and nothing was run.
      expect(await trainer.advance(handle, later)).toMatchObject({ status: 'failed', name: 'TrainingFailed' });
      expect(handleOf(await trainer.start(key, request(), later))).toEqual({ job: handle.job, attempt: 1 });
    });

    it('tell SageMaker why they failed, and Ratchet what can be done', async () => {
      const wrong = { ...request(), configuration: { foundation: 'elsewhere' } };
      const handle = handleOf(await trainer.start(key, wrong, later));
      expect(await container(handle.job)).toBe(1);
      expect(await readFile(join(folder, 'output', 'failure'), 'utf8')).toContain('FoundationMissing');
      const told = JSON.parse(new TextDecoder().decode(await bucket.get(`${work(handle.job)}error.json`)));
      expect(told.name).toBe('FoundationMissing');
    });

    /**
     * What SageMaker does around a container: input and checkpoints in, the entry, checkpoints out.
     * @param lines after so many lines of progress it is killed
     */
    async function container(job: string, lines = Number.POSITIVE_INFINITY): Promise<number | null> {
      await rm(folder, { recursive: true, force: true });
      await bringDown(`ratchet-training/${job}/input/`, join(folder, 'input/data/job'));
      await bringDown(work(job), join(folder, 'checkpoints'));
      const { command, env } = await countingPython();
      const [file, ...args] = command;
      const child = spawn(file, [...args, 'train'], {
        env: { ...env, RATCHET_OPT_ML: folder },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
      let told = 0;
      for await (const _ of createInterface({ input: child.stdout })) {
        told += 1;
        if (told === lines) child.kill('SIGKILL');
      }
      const code = await ended;
      for (const entry of await readdir(join(folder, 'checkpoints'), { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || entry.name.startsWith('.')) continue;
        const path = join(entry.parentPath, entry.name);
        await bucket.put(`${work(job)}${relative(join(folder, 'checkpoints'), path)}`, await readFile(path));
      }
      return code;
    }

    async function bringDown(prefix: string, target: string): Promise<void> {
      await mkdir(target, { recursive: true });
      for (const one of await bucket.list(prefix)) {
        const path = join(target, one.slice(prefix.length));
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, (await bucket.get(one)) ?? new Uint8Array());
      }
    }
  },
);

/** SageMaker's own words, where the emulator has none: a server that says one thing. */
describe('what SageMaker says of a job', () => {
  const cases: readonly [string, number, object, object][] = [
    [
      'no such job',
      400,
      { __type: 'ValidationException', message: 'Requested resource not found.' },
      { status: 'absent' },
    ],
    [
      'waiting for spare capacity',
      200,
      { TrainingJobStatus: 'InProgress', SecondaryStatus: 'Starting' },
      { status: 'working', what: 'Starting' },
    ],
    [
      'failed',
      200,
      { TrainingJobStatus: 'Failed', FailureReason: 'AlgorithmError: x', BillableTimeInSeconds: 90 },
      { status: 'failed', reason: 'AlgorithmError: x', billableSeconds: 90 },
    ],
    [
      'stopped at its limit',
      200,
      { TrainingJobStatus: 'Stopped', SecondaryStatus: 'MaxRuntimeExceeded' },
      { status: 'failed', reason: 'It was stopped (MaxRuntimeExceeded).', billableSeconds: 0 },
    ],
  ];

  it.each(cases)('%s', async (_, code, body, expected) => {
    await answering(code, body, async (endpoint) => {
      expect(await clientsOf(endpoint).jobs.describe('ratchet-x-0')).toEqual(expected);
    });
  });

  it('a job of that name is there already, or is over: nothing more is asked', async () => {
    await answering(400, { __type: 'ResourceInUse', message: 'exists' }, async (endpoint) => {
      const { jobs } = clientsOf(endpoint);
      await jobs.create({ name: 'ratchet-x-0', input: 'a/', work: 'b/', foundation: 's3://weights/base/' });
    });
    await answering(400, { __type: 'ValidationException', message: 'cannot be stopped' }, async (endpoint) => {
      await clientsOf(endpoint).jobs.stop('ratchet-x-0');
    });
  });

  it('a job that is waited for is stopped when that ends, and one that is over is not', async () => {
    const objects = new MemoryObjectStore();
    await putDataset(objects, request().datasetKey, training);
    const asked: string[] = [];
    const statuses = ['', 'InProgress', '', 'Failed'];
    const answer = (target: string): [number, object] => {
      asked.push(target);
      if (target !== 'DescribeTrainingJob') return [200, { TrainingJobArn: 'arn:aws:sagemaker:x:1:training-job/x' }];
      const status = statuses.shift() ?? '';
      return status === '' ? [400, { __type: 'ValidationException' }] : [200, { TrainingJobStatus: status }];
    };
    await serving(answer, async (endpoint) => {
      const { jobs, configuration } = clientsOf(endpoint);
      const options = { facts, backEnd: 'counting', objects, bucket: new MemoryObjectStore(), jobs, configuration };
      const trainer = createSagemakerTrainer(options);
      const handle = handleOf(await trainer.start('a', request(), later));
      expect(await trainer.advance(handle, later)).toMatchObject({ status: 'working', waitSeconds: 60 });
      const over = handleOf(await trainer.start('b', request(), later));
      expect(await trainer.advance(over, later)).toMatchObject({ status: 'failed' });
      asked.splice(0);
      await trainer.abort();
      expect(asked).toEqual(['StopTrainingJob']);
    });
  });

  it('a refusal names the permission that is missing', async () => {
    await answering(400, { __type: 'AccessDeniedException', message: 'no' }, async (endpoint) => {
      const asked = clientsOf(endpoint).jobs.create({ name: 'n', input: 'a/', work: 'b/', foundation: null });
      await expect(asked).rejects.toMatchObject({
        name: 'AccessDenied',
        mend: expect.stringContaining('iam:PassRole'),
      });
    });
  });
});

function answering(code: number, body: object, use: (endpoint: string) => Promise<void>): Promise<void> {
  return serving(() => [code, body], use);
}

/** A server that answers each call of SageMaker's API by its name. */
async function serving(
  answer: (target: string) => [number, object],
  use: (endpoint: string) => Promise<void>,
): Promise<void> {
  const server = createServer((asked, response) => {
    const [code, body] = answer(String(asked.headers['x-amz-target']).split('.').at(-1) ?? '');
    asked.resume();
    response.writeHead(code, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
