import { RatchetError } from '../domain/base/errors.ts';

/** The fault for an id that no checkpoint of the model has. */
export function unknownCheckpoint(modelId: string, checkpointId: string): RatchetError {
  return new RatchetError(
    'UnknownCheckpoint',
    `Model ${modelId} has no checkpoint ${JSON.stringify(checkpointId.slice(0, 120))}.`,
  );
}
