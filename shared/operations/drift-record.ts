import { RatchetError } from '../domain/base/errors.ts';
import { shortDigest } from '../domain/base/ids.ts';
import { type DriftState, driftStateSchema } from '../domain/drift/drift-state.ts';
import type { Model } from '../domain/models/model.ts';
import { readJson } from '../ports/documents.ts';
import type { Ports } from '../ports/ports.ts';

/** What is kept of a champion's traffic between looks. */
export function driftKey(modelId: string, checkpointId: string): string {
  return `models/${modelId}/drift/${checkpointId}.json`;
}

/** What was kept at the last look; null where there was none, or it is of another version. */
export async function readDrift(
  modelId: string,
  checkpointId: string | null,
  { objects }: Pick<Ports, 'objects'>,
): Promise<DriftState | null> {
  if (checkpointId === null) return null;
  const key = driftKey(modelId, checkpointId);
  try {
    return await readJson(objects, key, driftStateSchema);
  } catch (error) {
    // What is not there, and what cannot be read, is looked at anew.
    if (error instanceof RatchetError && ['ObjectMissing', 'CorruptArtifact'].includes(error.name)) return null;
    throw error;
  }
}

/** By which a trace is known again, and from which its id cannot be told. */
export function tracesDigest({ splitSalt }: Pick<Model, 'splitSalt'>, traceId: string): string {
  return shortDigest('drift', splitSalt, traceId);
}
