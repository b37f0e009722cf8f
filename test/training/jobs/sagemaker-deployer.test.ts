import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import {
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  ListModelsCommand,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { S3ObjectStore } from '../../../shared/adapters/aws/s3-object-store.ts';
import { localJobBackEnds } from '../../../shared/adapters/backends/local-job/local-job-back-ends.ts';
import { sagemakerConfigurationSchema } from '../../../shared/adapters/backends/sagemaker/sagemaker-configuration.ts';
import { SystemClock } from '../../../shared/adapters/local/system-clock.ts';
import { createSagemakerDeployer } from '../../../shared/adapters/publish/sagemaker/sagemaker-deployer.ts';
import { toEnd } from '../../../shared/ports/to-end.ts';
import type { Trainer } from '../../../shared/ports/trainer.ts';
import { contractRequest, training } from '../../contract/trained.ts';
import { putDataset } from '../../helpers/made-up-intents.ts';
import { MemoryObjectStore } from '../../helpers/memory-object-store.ts';
import { startMoto } from '../moto.ts';
import { counting, countingPython, motoServer, notInstalled } from '../python.ts';
import { startServing } from '../serving-process.ts';

const region = 'us-east-1';
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const answersSchema = z.object({ predictions: z.array(z.object({ output: z.string() })) });

/** The emulator keeps models, configurations and endpoints, and runs none: the container's own entry serves here what lies in its bucket. */
describe.skipIf(notInstalled !== null || motoServer === undefined)(
  'a champion on an endpoint of SageMaker, as moto plays it',
  () => {
    let moto: Awaited<ReturnType<typeof startMoto>>;
    let folder: string;
    beforeAll(async () => {
      vi.stubEnv('AWS_ACCESS_KEY_ID', credentials.accessKeyId);
      vi.stubEnv('AWS_SECRET_ACCESS_KEY', credentials.secretAccessKey);
      moto = await startMoto();
      folder = await mkdtemp(join(tmpdir(), 'ratchet-served-'));
    });
    afterAll(async () => {
      moto.close();
      vi.unstubAllEnvs();
      await rm(folder, { recursive: true, force: true });
    });

    it('is an artifact in the bucket that the container serves, behind a model, a configuration and an endpoint', async () => {
      const where = { endpoint: moto.url, region, credentials };
      const s3 = new S3Client({ ...where, forcePathStyle: true });
      await s3.send(new CreateBucketCommand({ Bucket: 'jobs' }));
      const bucket = new S3ObjectStore({ client: s3, bucket: 'jobs' });
      const sagemaker = new SageMakerClient(where);
      const objects = new MemoryObjectStore();
      const made = localJobBackEnds({
        objects,
        cacheDirectory: folder,
        clock: new SystemClock(),
        python: countingPython,
        backEnds: [counting],
      });
      const request = { ...contractRequest({ foundation: 'nothing' }), predictor: 'counting' };
      await putDataset(objects, request.datasetKey, training);
      const { served } = await toEnd(made.trainers[0] as Trainer, 'trained', request);
      const inputs = training.slice(0, 8).map(({ input }) => input);
      const expected = await made.predictors[0]?.predict(served, inputs);
      await made.close();

      const configuration = sagemakerConfigurationSchema.parse({
        roleArn: 'arn:aws:iam::123456789012:role/training',
        image: '123456789012.dkr.ecr.us-east-1.amazonaws.com/ratchet-training:1',
        bucket: 'jobs',
        region,
        endpoint: moto.url,
        // The emulator knows no newer ones.
        serving: { instanceType: 'ml.g4dn.xlarge' },
      });
      const deployer = createSagemakerDeployer({ objects, configuration, wait: async () => undefined });
      // The back end of the tests stands in for one of the container's.
      const champion = { ...served, predictor: 'hf-lora' };
      const deployment = { modelId: 'support', checkpointId: 'c1', move: 2, served: champion, configuration: {} };
      await deployer.deploy('sagemaker://support', deployment);
      await deployer.deploy('sagemaker://support', deployment);

      const endpoint = await sagemaker.send(new DescribeEndpointCommand({ EndpointName: 'support' }));
      expect(endpoint.EndpointStatus).toBe('InService');
      const { EndpointConfigName } = endpoint;
      const config = await sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName }));
      const [variant] = config.ProductionVariants ?? [];
      expect(variant).toMatchObject({ InitialInstanceCount: 1, InstanceType: 'ml.g4dn.xlarge' });
      const model = await sagemaker.send(new DescribeModelCommand({ ModelName: variant?.ModelName }));
      const { ModelDataSource, Environment = {} } = model.PrimaryContainer ?? {};
      expect((await sagemaker.send(new ListModelsCommand({}))).Models).toHaveLength(1);

      // What SageMaker does: the files below the prefix come to the container's folder, uncompressed.
      const prefix = /^s3:\/\/jobs\/(.+\/)$/.exec(ModelDataSource?.S3DataSource?.S3Uri ?? '')?.[1] ?? expect.fail();
      await mkdir(join(folder, 'model'));
      for (const key of await bucket.list(prefix)) {
        await writeFile(join(folder, 'model', key.slice(prefix.length)), (await bucket.get(key)) ?? '');
      }
      const serving = await startServing(folder, Environment);
      try {
        const body = JSON.stringify({ inputs });
        const answer = await fetch(`${serving.url}/invocations`, { method: 'POST', body });
        const { predictions } = answersSchema.parse(await answer.json());
        expect(predictions.map(({ output }) => output)).toEqual(expected?.map(({ output }) => output));
      } finally {
        serving.close();
      }
    });
  },
);
