import { canonicalJson } from '../domain/base/ids.ts';
import type { LabelReading } from '../domain/base/label-change.ts';
import type { Output } from '../domain/base/output.ts';
import type { TaskKind } from '../domain/base/task-kind.ts';
import type { Checkpoint } from '../domain/models/checkpoint.ts';
import type { Model } from '../domain/models/model.ts';
import type { Served } from '../domain/models/served.ts';
import { answerWith, type BackEnds } from './back-ends.ts';
import { kindOf } from './kind-of.ts';
import type { Ports } from './ports.ts';
import type { Prediction, PredictOptions } from './predictor.ts';
import { readingOf } from './reading-of.ts';

/** Alternatives that a predictor names unless told otherwise. */
const usualAlternatives = 2;
/** Of a checkpoint whose labels were merged, all that it knows: what several share adds up. */
const allAlternatives = 10_000;

/** How the answers of one checkpoint read in the labels that its model has today. */
export interface AnswersToday {
  readonly reading: LabelReading;
  readonly kind: Pick<TaskKind, 'key'>;
}

/** Null where the checkpoint answers in the labels of today. */
export function answersToday(
  checkpoint: Pick<Checkpoint, 'task'>,
  model: Pick<Model, 'task' | 'changes'>,
  ports: Pick<Ports, 'tasks'>,
): AnswersToday | null {
  if (canonicalJson(checkpoint.task) === canonicalJson(model.task)) return null;
  const reading = readingOf(model, ports);
  return reading === null ? null : { reading, kind: kindOf(model, ports) };
}

interface TodayOptions extends PredictOptions {
  /** A label that was split stays the old one, the best that the checkpoint can say; else it is no answer. */
  readonly keepSplit?: boolean;
}

/**
 * Answers inputs as a checkpoint is served, in the labels of its model today. The artifact goes on answering by its own:
 * a renamed label reads as the new one, and the probabilities of merged labels add up.
 * @param today see {@link answersToday}
 * @throws RatchetError InvalidInput when there is no such predictor here
 */
export async function answerToday(
  served: { readonly served: Served },
  today: AnswersToday | null,
  inputs: readonly string[],
  backEnds: Pick<BackEnds, 'predictors'>,
  options: TodayOptions = {},
): Promise<readonly Prediction[]> {
  const { keepSplit = false, ...asked } = options;
  if (today === null) return answerWith(served, inputs, backEnds, asked);
  const alternatives = today.reading.joins ? { alternatives: allAlternatives } : {};
  const predictions = await answerWith(served, inputs, backEnds, { ...asked, ...alternatives });
  const read = (before: Output): Output | null => {
    const { output, closest } = today.reading.translate(before);
    return keepSplit ? closest : output;
  };
  return predictions.map((prediction) =>
    inLabelsOfToday(prediction, read, today, options.alternatives ?? usualAlternatives),
  );
}

function inLabelsOfToday(
  prediction: Prediction,
  read: (output: Output) => Output | null,
  { reading, kind }: AnswersToday,
  most: number,
): Prediction {
  const { output: before, alternatives } = prediction;
  if (before === null) return prediction;
  if (reading.joins && alternatives.length > 0) return addedUp(alternatives, read, kind, most);
  const output = read(before);
  return {
    output,
    confidence: output === null ? 0 : prediction.confidence,
    alternatives: alternatives.flatMap(({ output: other, confidence }) => {
      const named = read(other);
      return named === null ? [] : [{ output: named, confidence }];
    }),
  };
}

/** Several answers that read as one add up, so that another one may come to be the most probable. */
function addedUp(
  alternatives: Prediction['alternatives'],
  read: (output: Output) => Output | null,
  kind: Pick<TaskKind, 'key'>,
  most: number,
): Prediction {
  const sums = new Map<string, { output: Output | null; confidence: number }>();
  for (const { output, confidence } of alternatives) {
    const named = read(output);
    const key = kind.key(named ?? output);
    sums.set(key, { output: named, confidence: (sums.get(key)?.confidence ?? 0) + confidence });
  }
  const ranked = [...sums.values()].sort((a, b) => b.confidence - a.confidence);
  const output = ranked[0]?.output ?? null;
  return {
    output,
    confidence: output === null ? 0 : (ranked[0]?.confidence ?? 0),
    alternatives: ranked
      .flatMap(({ output: named, confidence: sum }) => (named === null ? [] : [{ output: named, confidence: sum }]))
      .slice(0, most),
  };
}
