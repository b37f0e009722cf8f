import { type Answering, askedModel } from '../../domain/models/fold-models.ts';
import type { Served } from '../../domain/models/served.ts';
import type { PinnedRecord } from '../../domain/traces/trace-record.ts';
import type { Prediction } from '../../ports/predictor.ts';
import { answerInSlices } from './answer-in-slices.ts';
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
  { name, checkpoint, items, ...how }: OutOfFoldRequest,
  context: Pick<StageContext, 'ports' | 'key' | 'handle' | 'deadline'>,
): Promise<readonly Prediction[] | Unfinished> {
  const byModel = new Map<string, { served: Served; at: number[] }>();
  items.forEach((item, at) => {
    const served = askedModel(item, checkpoint);
    const known = byModel.get(served.ref);
    if (known === undefined) byModel.set(served.ref, { served, at: [at] });
    else known.at.push(at);
  });
  const answers: Prediction[] = [];
  let done = 0;
  for (const [model, { served, at }] of [...byModel.values()].entries()) {
    const inputs = at.map((index) => items[index]?.input ?? '');
    const before = done;
    const given = await answerInSlices(
      { ...how, name: byModel.size === 1 ? name : `${name}-${model}`, checkpoint: { served }, inputs },
      withProgress(context, before, items.length),
    );
    if (given instanceof Unfinished) {
      return new Unfinished({ ...given.work, done: before + given.work.done, total: items.length });
    }
    given.forEach((answer, index) => {
      answers[at[index] ?? 0] = answer;
    });
    done += at.length;
  }
  return answers;
}

/** Progress over all items, where each model is asked about some of them. */
function withProgress<C extends Pick<StageContext, 'ports'>>(context: C, before: number, total: number): C {
  const { observer } = context.ports;
  const counting = {
    note: (message: string) => observer.note(message),
    progress: (done: number, _total: number, unit: string) => observer.progress(before + done, total, unit),
  };
  return { ...context, ports: { ...context.ports, observer: counting } };
}
