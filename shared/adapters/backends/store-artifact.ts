import { createHash } from 'node:crypto';
import { RatchetError } from '../../domain/base/errors.ts';
import type { ObjectStore } from '../../ports/object-store.ts';

export interface StoredArtifact {
  /** SHA-256, hex. */
  readonly digest: string;
  readonly bytes: number;
}

/**
 * Stores an artifact where there is none yet. One that is there already, of a training that was killed before it could
 * be entered in the lineage, stays and is what counts: a checkpoint's digest is always that of the artifact there is.
 */
export async function storeArtifact(objects: ObjectStore, key: string, artifact: Uint8Array): Promise<StoredArtifact> {
  if (await objects.putIfAbsent(key, artifact)) return describe(artifact);
  const stored = await objects.get(key);
  if (stored === undefined) throw new RatchetError('StorageFailure', `Object ${key} was removed while it was written.`);
  return describe(stored);
}

function describe(artifact: Uint8Array): StoredArtifact {
  return { digest: createHash('sha256').update(artifact).digest('hex'), bytes: artifact.length };
}
