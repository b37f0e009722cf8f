import { Readable } from 'node:stream';
import { Upload } from '@aws-sdk/lib-storage';
import { request } from './aws-fault.ts';
import type { StackPlace } from './stack-place.ts';

/**
 * Puts a file of traces, bytes as they are, where the stack ingests it from.
 * @param onProgress with bytes sent so far
 * @returns its object key
 */
export async function uploadDrop(
  stack: Pick<StackPlace, 'clients' | 'outputs' | 'ports'>,
  modelId: string,
  bytes: AsyncIterable<Uint8Array>,
  onProgress: (sent: number) => void,
): Promise<string> {
  const key = `drops/${modelId}/${stack.ports.ids.next('drop')}.jsonl`;
  const upload = new Upload({
    client: stack.clients.s3,
    params: { Bucket: stack.outputs.TraceBucketName, Key: key, Body: Readable.from(bytes, { objectMode: false }) },
  });
  upload.on('httpUploadProgress', ({ loaded }) => onProgress(loaded ?? 0));
  await request(
    { action: `write ${key} in`, resource: `bucket ${stack.outputs.TraceBucketName}`, permission: 's3:PutObject' },
    () => upload.done(),
  );
  return key;
}
