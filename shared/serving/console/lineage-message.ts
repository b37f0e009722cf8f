import { recordedScore } from '../../operations/recorded-score.ts';
import type { Ports } from '../../ports/ports.ts';
import { unknownModel } from '../../ports/unknown-model.ts';
import type { LineageMessage } from './messages.ts';

/** A model's checkpoints with their scores, and every move of its champion. @throws RatchetError UnknownModel */
export async function lineageMessage(modelId: string, ports: Ports): Promise<LineageMessage> {
  const [control, checkpoints] = await Promise.all([
    ports.lineage.getControl(modelId),
    ports.lineage.listCheckpoints(modelId),
  ]);
  if (control === undefined) throw await unknownModel(modelId, ports);
  const served = new Set(control.moves.map(({ to }) => to));
  return {
    champion: control.championId,
    checkpoints: checkpoints.map(({ checkpointId, parentId, datasetId, runId, createdAt, scores }) => ({
      checkpoint: checkpointId,
      parent: parentId,
      dataset: datasetId,
      run: runId,
      createdAt,
      score: recordedScore(scores),
      champion: checkpointId === control.championId,
      wasChampion: served.has(checkpointId),
    })),
    moves: control.moves.map(({ at, from, to, kind, by, reason }) => ({ at, from, to, kind, by, reason })),
  };
}
