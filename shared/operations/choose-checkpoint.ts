import { RatchetError } from '../domain/base/errors.ts';
import type { Checkpoint } from '../domain/models/checkpoint.ts';
import type { Ports } from '../ports/ports.ts';
import { unknownModel } from '../ports/unknown-model.ts';
import { noChampion } from './no-champion.ts';

/**
 * The checkpoint that answers: the champion, or the one named.
 * @throws RatchetError UnknownModel, NoChampion, UnknownCheckpoint
 */
export async function chooseCheckpoint(
  modelId: string,
  checkpointId: string | null,
  ports: Ports,
): Promise<Checkpoint> {
  const control = await ports.lineage.getControl(modelId);
  if (control === undefined) throw await unknownModel(modelId, ports);
  const id = checkpointId ?? control.championId;
  if (id === null) throw await noChampion(modelId, ports);
  const checkpoint = await ports.lineage.getCheckpoint(modelId, id);
  if (checkpoint === undefined)
    throw new RatchetError('UnknownCheckpoint', `${modelId} has no checkpoint ${JSON.stringify(id.slice(0, 120))}.`);
  return checkpoint;
}
