import { CreateBucketCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { sagemakerEndpointSchema } from '../../../shared/adapters/backends/endpoint/sagemaker-options.ts';
import { createSagemakerPredictor } from '../../../shared/adapters/backends/endpoint/sagemaker-predictor.ts';
import { storeEndpoint } from '../../../shared/ports/endpoints.ts';
import { MemoryObjectStore } from '../../helpers/memory-object-store.ts';
import { rejection } from '../../helpers/rejection.ts';
import { startMoto } from '../moto.ts';
import { motoServer } from '../python.ts';

const region = 'us-east-1';

/** moto keeps requests and answers in its S3, as SageMaker does; what a container would say it is told before. */
describe.skipIf(motoServer === undefined)('an asynchronous endpoint of the emulator', () => {
  let moto: Awaited<ReturnType<typeof startMoto>>;
  let s3: S3Client;
  beforeAll(async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
    moto = await startMoto();
    s3 = new S3Client({ endpoint: moto.url, region, forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket: 'calls' }));
  });
  afterAll(() => {
    vi.unstubAllEnvs();
    moto.close();
  });

  const willSay = (...results: { is_failure?: boolean; data: string }[]) =>
    fetch(`${moto.url}/moto-api/static/sagemaker/async-endpoint-results`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ results }),
    });
  const predicted = (...labels: string[]) => ({
    data: JSON.stringify({ predictions: labels.map((output) => ({ output, confidence: 0.75 })) }),
  });
  const ask = async (inputs: readonly string[]) => {
    const objects = new MemoryObjectStore();
    const given = { name: 'support', region, url: moto.url, requests: 's3://calls/support/', batch: 2, concurrency: 1 };
    const task = { kind: 'classification', labels: ['refund', 'delivery'] };
    const options = sagemakerEndpointSchema.parse(given);
    const ref = await storeEndpoint('support', { version: 1, task, options }, objects);
    return createSagemakerPredictor({ objects }).predict(
      { predictor: 'sagemaker-endpoint', ref, digest: null },
      inputs,
    );
  };
  const requestsLeft = async () => {
    const keys: string[] = [];
    for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket: 'calls' })) {
      keys.push(...(page.Contents ?? []).map(({ Key = '' }) => Key));
    }
    return keys;
  };

  it('answers texts by the way of S3, and no request stays there', async () => {
    await willSay(predicted('refund', 'delivery'), predicted('refund'));
    const answers = await ask(['my money', 'my parcel', 'my money back']);
    expect(answers.map(({ output }) => output)).toEqual(['refund', 'delivery', 'refund']);
    expect(await requestsLeft()).toEqual([]);
  });

  it('tells what went wrong in the words of the container', async () => {
    await willSay({ is_failure: true, data: 'there was not enough memory' });
    const fault = await rejection(ask(['my parcel']));
    expect(fault.name).toBe('EndpointRefused');
    expect(fault.message).toContain('there was not enough memory');
    expect(await requestsLeft()).toEqual([]);
  });
});
