import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { InvokeEndpointAsyncCommand, type SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import type { ObjectStore } from '../../../ports/object-store.ts';
import { endpointFault } from './endpoint-fault.ts';
import type { SagemakerEndpoint } from './sagemaker-options.ts';

const firstPause = 250;
const longestPause = 5_000;

/** What an asynchronous endpoint is asked with. */
export interface Asynchronous {
  readonly runtime: SageMakerRuntimeClient;
  readonly options: SagemakerEndpoint;
  /** Where requests are put, `s3://BUCKET/FOLDER/`. */
  readonly requests: string;
  /** The objects of a bucket. */
  bucket(name: string): Pick<ObjectStore, 'get' | 'put' | 'delete'>;
}

interface Place {
  readonly objects: Pick<ObjectStore, 'get' | 'delete' | 'put'>;
  readonly key: string;
}

/**
 * Puts a request into S3, has an endpoint take it from there, and waits for what it writes. Request and answer are
 * removed then, as they hold texts of traces.
 * @param body JSON
 * @returns the body of the answer
 * @throws RatchetError EndpointUnavailable where none comes in time, EndpointRefused with what the container says
 */
export async function asynchronousAnswer(
  body: string,
  { runtime, options, requests, bucket }: Asynchronous,
  abortSignal: AbortSignal,
): Promise<string> {
  const json = 'application/json';
  const text = createHash('sha256').update(body).digest('hex').slice(0, 16);
  const request = `${requests.endsWith('/') ? requests : `${requests}/`}${text}-${randomUUID()}.json`;
  const at = (uri: string): Place => {
    const { hostname, pathname } = new URL(uri);
    return { objects: bucket(hostname), key: decodeURIComponent(pathname.slice(1)) };
  };
  const input = at(request);
  await input.objects.put(input.key, Buffer.from(body));
  try {
    const { OutputLocation: output, FailureLocation: failure } = await runtime.send(
      new InvokeEndpointAsyncCommand({
        EndpointName: options.name,
        ContentType: json,
        Accept: json,
        InputLocation: request,
        // What has not begun by then nobody waits for.
        RequestTTLSeconds: Math.max(60, options.waitSeconds),
      }),
      { abortSignal },
    );
    if (output === undefined)
      throw endpointFault('EndpointRefused', options.name, 'it names no place of its answer', null);
    return await written(at(output), failure === undefined ? null : at(failure));
  } finally {
    await input.objects.delete(input.key);
  }

  async function written(answer: Place, fault: Place | null): Promise<string> {
    const end = performance.now() + options.waitSeconds * 1_000;
    for (let wait = firstPause; ; wait = Math.min(2 * wait, longestPause)) {
      const found = await taken(answer);
      if (found !== null) return found;
      const said = fault === null ? null : await taken(fault);
      if (said !== null) throw endpointFault('EndpointRefused', options.name, said, null);
      if (performance.now() > end) {
        const told = `no answer after ${options.waitSeconds} seconds (waitSeconds)`;
        throw endpointFault('EndpointUnavailable', options.name, told, null);
      }
      await pause(wait, undefined, { signal: abortSignal });
    }
  }
}

/** What an object holds, which is removed then; null where there is none yet. */
async function taken({ objects, key }: Place): Promise<string | null> {
  const found = await objects.get(key);
  if (found === undefined) return null;
  await objects.delete(key);
  return Buffer.from(found).toString();
}
