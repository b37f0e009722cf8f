import type { TaskKind } from '../../domain/base/task-kind.ts';
import type { EvaluationAnswer, EvaluationItem } from '../../domain/evaluation/evaluation-set.ts';
import type { Checkpoint } from '../../domain/models/checkpoint.ts';
import type { AnswersToday } from '../../ports/answer-today.ts';
import { kindOf } from '../../ports/kind-of.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Prediction } from '../../ports/predictor.ts';
import { unknownCheckpoint } from '../../ports/unknown-checkpoint.ts';
import { answerInSlices } from './answer-in-slices.ts';
import { type StageContext, Unfinished } from './stage.ts';

/**
 * A checkpoint's answers on evaluation items as it is served, in their order, in slices until the stage's deadline.
 * @param name tells apart what one stage answers
 * @param today how the answers read in the labels of today; null for as they are
 */
export async function evaluateInSlices(
  name: string,
  checkpoint: Pick<Checkpoint, 'task' | 'served'>,
  items: readonly EvaluationItem[],
  context: StageContext,
  today: AnswersToday | null = null,
): Promise<EvaluationAnswer[] | Unfinished> {
  const inputs = items.map((item) => item.input);
  const predictions = await answerInSlices({ name, checkpoint, inputs, today }, context);
  return predictions instanceof Unfinished
    ? predictions
    : graded(items, predictions, kindOf(checkpoint, context.ports));
}

function graded(
  items: readonly EvaluationItem[],
  predictions: readonly Prediction[],
  kind: TaskKind,
): EvaluationAnswer[] {
  return items.map((item, index) => {
    const prediction = predictions[index];
    const output = prediction?.output ?? null;
    return {
      exampleId: item.exampleId,
      output,
      confidence: prediction?.confidence ?? 0,
      right: kind.grade(item.expected, output).right,
    };
  });
}

/** A checkpoint of the lineage. @throws RatchetError UnknownCheckpoint */
export async function readCheckpoint(modelId: string, checkpointId: string, ports: Ports): Promise<Checkpoint> {
  const checkpoint = await ports.lineage.getCheckpoint(modelId, checkpointId);
  if (checkpoint === undefined) throw unknownCheckpoint(modelId, checkpointId);
  return checkpoint;
}
