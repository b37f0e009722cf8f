import type { TaskKind } from '../../domain/base/task-kind.ts';
import type { EvaluationAnswer, EvaluationItem } from '../../domain/evaluation/evaluation-set.ts';
import type { Checkpoint } from '../../domain/models/checkpoint.ts';
import type { AnalystRun } from '../../ports/analyst.ts';
import type { AnswersToday } from '../../ports/answer-today.ts';
import { kindOf } from '../../ports/kind-of.ts';
import type { Ports } from '../../ports/ports.ts';
import { unknownCheckpoint } from '../../ports/unknown-checkpoint.ts';
import { type Answered, answerInSlices } from './answer-in-slices.ts';
import { type StageContext, Unfinished } from './stage.ts';

export interface EvaluationRequest {
  /** Tells apart what one stage answers. */
  readonly name: string;
  readonly checkpoint: Pick<Checkpoint, 'task' | 'served'>;
  readonly items: readonly EvaluationItem[];
  /** How the answers read in the labels of today; as they are by default. */
  readonly today?: AnswersToday | null;
  /** Whose budget answers are paid from that cost something. */
  readonly paidBy: AnalystRun;
}

/**
 * A checkpoint's answers on evaluation items as it is served, in their order, in slices until the stage's deadline; without
 * those that the budget does not cover.
 */
export async function evaluateInSlices(
  { name, checkpoint, items, today = null, paidBy }: EvaluationRequest,
  context: StageContext,
): Promise<EvaluationAnswer[] | Unfinished> {
  const inputs = items.map((item) => item.input);
  const predictions = await answerInSlices({ name, checkpoint, inputs, today, paidBy }, context);
  return predictions instanceof Unfinished
    ? predictions
    : graded(items, predictions, kindOf(checkpoint, context.ports));
}

function graded(
  items: readonly EvaluationItem[],
  predictions: readonly Answered[],
  kind: TaskKind,
): EvaluationAnswer[] {
  return items.flatMap(({ exampleId, expected }, index) => {
    const prediction = predictions[index] ?? null;
    if (prediction === null) return [];
    const { output, confidence } = prediction;
    return [{ exampleId, output, confidence, right: kind.grade(expected, output).right }];
  });
}

/** A checkpoint of the lineage. @throws RatchetError UnknownCheckpoint */
export async function readCheckpoint(modelId: string, checkpointId: string, ports: Ports): Promise<Checkpoint> {
  const checkpoint = await ports.lineage.getCheckpoint(modelId, checkpointId);
  if (checkpoint === undefined) throw unknownCheckpoint(modelId, checkpointId);
  return checkpoint;
}
