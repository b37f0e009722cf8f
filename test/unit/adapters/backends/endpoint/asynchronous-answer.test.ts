import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { asynchronousAnswer } from '../../../../../shared/adapters/backends/endpoint/asynchronous-answer.ts';
import { sagemakerEndpointSchema } from '../../../../../shared/adapters/backends/endpoint/sagemaker-options.ts';
import { ChatServer } from '../../../../helpers/chat-server.ts';
import { MemoryObjectStore } from '../../../../helpers/memory-object-store.ts';
import { rejection } from '../../../../helpers/rejection.ts';

const requests = 's3://calls/support';
const accepted = {
  status: 202,
  headers: {
    'x-amzn-sagemaker-outputlocation': 's3://answers/out/1.out',
    'x-amzn-sagemaker-failurelocation': 's3://answers/failed/1.out',
  },
  body: '{"InferenceId":"1"}',
};

describe('an endpoint that answers asynchronously', () => {
  let server: ChatServer;
  beforeAll(async () => {
    server = await ChatServer.start();
  });
  afterAll(() => server.close());
  const buckets = new Map<string, MemoryObjectStore>();
  const bucket = (name: string) => {
    const found = buckets.get(name) ?? new MemoryObjectStore();
    buckets.set(name, found);
    return found;
  };
  beforeEach(() => buckets.clear());

  const ask = (more: object = {}, signal = new AbortController().signal) => {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const runtime = new SageMakerRuntimeClient({ endpoint: server.url, region: 'eu-central-1', credentials });
    const options = sagemakerEndpointSchema.parse({ name: 'support', requests, ...more });
    return asynchronousAnswer('{"inputs":["my parcel"]}', { runtime, options, requests, bucket }, signal);
  };
  const left = async () => [...(await bucket('calls').list('')), ...(await bucket('answers').list(''))];

  it('takes the request from S3, and its answer is waited for; neither stays', async () => {
    let taken = '';
    server.respond(() => {
      void (async () => {
        const [key = ''] = await bucket('calls').list('support/');
        taken = Buffer.from((await bucket('calls').get(key)) ?? []).toString();
        setTimeout(() => void bucket('answers').put('out/1.out', Buffer.from('{"predictions":[]}')), 300);
      })();
      return accepted;
    });
    expect(await ask()).toBe('{"predictions":[]}');
    expect(taken).toBe('{"inputs":["my parcel"]}');
    expect(server.seen.map(({ path }) => path)).toEqual(['/endpoints/support/async-invocations']);
    expect(await left()).toEqual([]);
  });

  it('that writes what went wrong is told with its words', async () => {
    server.respond(() => {
      void bucket('answers').put('failed/1.out', Buffer.from('CUDA out of memory'));
      return accepted;
    });
    const fault = await rejection(ask());
    expect([fault.name, fault.retryable]).toEqual(['EndpointRefused', false]);
    expect(fault.message).toContain('CUDA out of memory');
    expect(await left()).toEqual([]);
  });

  it('that writes nothing is given up, and its request does not stay', async () => {
    server.play(accepted);
    const fault = await rejection(ask({ waitSeconds: 1 }));
    expect([fault.name, fault.retryable]).toEqual(['EndpointUnavailable', true]);
    expect(fault.message).toContain('waitSeconds');
    expect(await left()).toEqual([]);
  });

  it('is waited for no longer where another request has failed', async () => {
    server.play(accepted);
    const stop = new AbortController();
    const asked = ask({}, stop.signal);
    setTimeout(() => stop.abort(), 400);
    await expect(asked).rejects.toThrow('aborted');
    expect(await left()).toEqual([]);
  });

  it.each(['calls', 's3://', 's3://calls/../else/', 's3://calls/a b/', 's3://Calls/', 's3://calls//a'])(
    'has its requests in S3: not in %s',
    (uri) => {
      expect(sagemakerEndpointSchema.safeParse({ name: 'support', requests: uri }).success).toBe(false);
    },
  );
});
