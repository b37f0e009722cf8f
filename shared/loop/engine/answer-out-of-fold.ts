import { type Answering, askedModel } from '../../domain/models/fold-models.ts';
import type { Served } from '../../domain/models/served.ts';
import type { PinnedRecord } from '../../domain/traces/trace-record.ts';
import type { Prediction } from '../../ports/predictor.ts';
import { answerGroups } from './answer-in-slices.ts';
import { type StageContext, Unfinished } from './stage.ts';

export interface OutOfFoldRequest {
  /** Tells apart what one stage answers. */
  readonly name: string;
  readonly checkpoint: Answering;
  readonly items: readonly (Pick<PinnedRecord, 'folds' | 'use'> & { readonly input: string })[];
  /** How many alternatives each answer names; as the predictor says by default. */
  readonly alternatives?: number;
  /** What the progress counts. */
  readonly unit?: string;
}

/**
 * What a checkpoint says of each item, asked of a model that has not seen it where there is one (see `askedModel`), in
 * slices until the stage's deadline.
 * @returns the answers in the order of the items, or what the stage is to return for now
 */
export async function answerOutOfFold(
  { checkpoint, items, ...how }: OutOfFoldRequest,
  context: Pick<StageContext, 'ports' | 'key' | 'handle' | 'deadline'>,
): Promise<readonly Prediction[] | Unfinished> {
  const byModel = new Map<string, { served: Served; inputs: string[]; at: number[] }>();
  items.forEach((item, at) => {
    const served = askedModel(item, checkpoint);
    const known = byModel.get(served.ref) ?? { served, inputs: [], at: [] };
    byModel.set(served.ref, known);
    known.inputs.push(item.input);
    known.at.push(at);
  });
  const groups = [...byModel.values()];
  const given = await answerGroups({ ...how, groups }, context);
  if (given instanceof Unfinished) return given;
  const answers: Prediction[] = [];
  for (const [asked, at] of groups.flatMap((group) => group.at).entries()) {
    const answer = given[asked];
    if (answer !== undefined) answers[at] = answer;
  }
  return answers;
}
