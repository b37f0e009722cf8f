import { RatchetError } from '../domain/base/errors.ts';
import { canonicalJson, digest } from '../domain/base/ids.ts';
import { digestOfEndpointKey, type Endpoint, endpointKey, endpointSchema } from '../domain/models/endpoint.ts';
import { readObject } from './documents.ts';
import type { ObjectStore } from './object-store.ts';

/** Stores what is known of an endpoint. @returns its object key, by which a checkpoint refers to it */
export async function storeEndpoint(modelId: string, endpoint: Endpoint, objects: ObjectStore): Promise<string> {
  const bytes = new TextEncoder().encode(canonicalJson(endpoint));
  const key = endpointKey(modelId, digest(bytes));
  await objects.putIfAbsent(key, bytes);
  return key;
}

/**
 * What is known of an endpoint.
 * @throws RatchetError ObjectMissing; CorruptArtifact when it is not what was stored under this key
 */
export async function readEndpoint(key: string, objects: ObjectStore): Promise<Endpoint> {
  const bytes = await readObject(objects, key);
  const read = digest(bytes) === digestOfEndpointKey(key) ? parsed(bytes) : undefined;
  if (read?.success === true) return read.data;
  throw new RatchetError('CorruptArtifact', `What is known of the endpoint is not what was stored (${key}).`);
}

function parsed(bytes: Uint8Array) {
  return endpointSchema.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
}
