import { RatchetError } from '../../domain/base/errors.ts';
import type { EvaluationAnswer, EvaluationItem } from '../../domain/evaluation/evaluation-set.ts';
import type { Checkpoint } from '../../domain/models/checkpoint.ts';
import { sameOutput } from '../../domain/models/task.ts';
import { answerWith } from '../../ports/back-ends.ts';
import type { Ports } from '../../ports/ports.ts';

/** A checkpoint's answers on evaluation items, in their order. */
export async function evaluate(
  checkpoint: Pick<Checkpoint, 'served'>,
  items: readonly EvaluationItem[],
  ports: Ports,
): Promise<EvaluationAnswer[]> {
  const predictions = await answerWith(
    checkpoint,
    items.map((item) => item.input),
    ports,
  );
  return items.map((item, index) => {
    const prediction = predictions[index];
    const output = prediction?.output ?? null;
    return {
      exampleId: item.exampleId,
      output,
      confidence: prediction?.confidence ?? 0,
      right: sameOutput(output, item.expected),
    };
  });
}

/** A checkpoint of the lineage. @throws RatchetError UnknownCheckpoint */
export async function readCheckpoint(modelId: string, checkpointId: string, ports: Ports): Promise<Checkpoint> {
  const checkpoint = await ports.lineage.getCheckpoint(modelId, checkpointId);
  if (checkpoint === undefined)
    throw new RatchetError('UnknownCheckpoint', `Model ${modelId} has no checkpoint ${checkpointId}.`);
  return checkpoint;
}
