import { Readable } from 'node:stream';
import { Upload } from '@aws-sdk/lib-storage';
import { optionsKeys } from '../../shared/domain/traces/drop-key.ts';
import type { DropOptions } from '../../shared/intake/drop-options.ts';
import { request } from './aws-fault.ts';
import type { StackPlace } from './stack-place.ts';

export interface DropToUpload {
  readonly modelId: string;
  /** As they are, packed or not. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** How the file is to be read; null for as it tells by itself. */
  readonly options: DropOptions | null;
}

/**
 * Puts a file of traces where the stack ingests it from, after what tells how to read it.
 * @param onProgress with bytes sent so far
 * @returns its object key
 */
export async function uploadDrop(
  stack: Pick<StackPlace, 'clients' | 'outputs' | 'ports'>,
  { modelId, bytes, options }: DropToUpload,
  onProgress: (sent: number) => void,
): Promise<string> {
  const key = `drops/${modelId}/${stack.ports.ids.next('drop')}.jsonl`;
  const [optionsKey = ''] = optionsKeys(key, modelId);
  if (options !== null) await put(stack, optionsKey, JSON.stringify(options));
  await put(stack, key, Readable.from(bytes, { objectMode: false }), onProgress);
  return key;
}

async function put(
  stack: Pick<StackPlace, 'clients' | 'outputs'>,
  key: string,
  body: Readable | string,
  onProgress: (sent: number) => void = () => undefined,
): Promise<void> {
  const upload = new Upload({
    client: stack.clients.s3,
    params: { Bucket: stack.outputs.TraceBucketName, Key: key, Body: body },
  });
  upload.on('httpUploadProgress', ({ loaded }) => onProgress(loaded ?? 0));
  await request(
    { action: `write ${key} in`, resource: `bucket ${stack.outputs.TraceBucketName}`, permission: 's3:PutObject' },
    () => upload.done(),
  );
}
