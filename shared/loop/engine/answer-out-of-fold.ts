import { type Answering, byAskedModel } from '../../domain/models/fold-models.ts';
import type { PinnedRecord } from '../../domain/traces/trace-record.ts';
import type { AnalystRun } from '../../ports/analyst.ts';
import type { AnswersToday } from '../../ports/answer-today.ts';
import { type Answered, answerGroups } from './answer-in-slices.ts';
import { type StageContext, Unfinished } from './stage.ts';

export interface OutOfFoldRequest {
  /** Tells apart what one stage answers. */
  readonly name: string;
  readonly checkpoint: Answering;
  readonly items: readonly Pick<PinnedRecord, 'traceId' | 'input' | 'folds' | 'use'>[];
  /** How many alternatives each answer names; as the predictor says by default. */
  readonly alternatives?: number;
  /** What the progress counts. */
  readonly unit?: string;
  /** How the answers read in the labels of today; as they are by default. */
  readonly today?: AnswersToday | null;
  /** Whose budget answers are paid from that cost something. */
  readonly paidBy: AnalystRun;
}

/**
 * What a checkpoint says of each item, asked of a model that has not seen it where there is one (see `askedModel`), in
 * slices until the stage's deadline.
 * @returns the answers in the order of the items, or what the stage is to return for now
 */
export async function answerOutOfFold(
  { checkpoint, items, ...how }: OutOfFoldRequest,
  context: Pick<StageContext, 'ports' | 'key' | 'handle' | 'deadline'>,
): Promise<readonly Answered[] | Unfinished> {
  const asked = byAskedModel(
    items.map((item, at) => ({ ...item, at })),
    checkpoint,
  );
  const inOrder = asked.flatMap((group) => group.items);
  const nameOf = (place: number) => `trace ${inOrder[place]?.traceId}`;
  const groups = asked.map((group) => ({ served: group.served, inputs: group.items.map(({ input }) => input) }));
  const given = await answerGroups({ ...how, groups, nameOf }, context);
  if (given instanceof Unfinished) return given;
  const answers: Answered[] = [];
  for (const [place, { at }] of inOrder.entries()) {
    const answer = given[place];
    if (answer !== undefined) answers[at] = answer;
  }
  return answers;
}
