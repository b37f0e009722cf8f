import type { Output } from '../domain/base/output.ts';
import type { TaskSpec } from '../domain/base/task-spec.ts';
import { plural } from '../domain/base/wording.ts';
import type { Configuration } from '../domain/models/configuration.ts';
import { trainingCostSchema, workOf } from '../domain/models/cost.ts';
import { readJson } from '../ports/documents.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { Trainer } from '../ports/trainer.ts';

/** What one training will probably take. An estimate, with what it rests on. */
export interface TrainingEstimate {
  /** Null where nothing is known to go by. */
  readonly seconds: number | null;
  /** US dollars: by the seconds and the price of an hour, else the most that a job may work; null where it is not known. */
  readonly usd: number | null;
  /** In words, a clause. */
  readonly basis: string;
}

export interface TrainingSize {
  readonly modelId: string;
  readonly trainer: Trainer;
  readonly configuration: Configuration;
  readonly examples: number;
  readonly folds: { readonly parts: number; readonly models: number };
  /** For a trainer that is paid by the token: bytes of all inputs and outputs together. */
  readonly texts?: { readonly task: TaskSpec; readonly bytes: number };
}

/** Trainings that the estimate goes by, the newest. */
const mostCompared = 10;

/** What a training will take, by what earlier ones of the model took. */
export async function estimateTraining(
  size: TrainingSize,
  { objects }: { readonly objects: ObjectStore },
): Promise<TrainingEstimate> {
  const { modelId, trainer, configuration, examples, folds } = size;
  const work = workOf(examples, trainer.passes?.(configuration) ?? 1, folds);
  const past = await trainingsOf(modelId, trainer.name, objects);
  const known = past.reduce((sum, one) => sum + one.work, 0);
  const { hourlyUsd = 0, mostSeconds = null } = trainer.billing ?? {};
  const mostByToken = mostOf(size);
  if (known > 0) {
    const each = past.reduce((sum, one) => sum + one.seconds, 0) / known;
    const seconds = each * work;
    const bounded = mostSeconds === null ? seconds : Math.min(seconds, mostSeconds);
    const basis = `by ${plural(past.length, 'earlier training')} of this model, ${each.toPrecision(2)} s for each example and pass`;
    const byToken = past.reduce((sum, one) => sum + one.usd, 0) * (work / known);
    const tokens = byToken === 0 ? mostByToken : Math.min(byToken, mostByToken);
    return { seconds: bounded, usd: (bounded / 3_600) * hourlyUsd + tokens, basis };
  }
  if (mostByToken > 0) {
    const basis = 'no earlier training of this model is on record: as many tokens as its texts have bytes';
    return { seconds: null, usd: mostByToken, basis };
  }
  if (mostSeconds === null || hourlyUsd === 0) {
    return {
      seconds: null,
      usd: hourlyUsd === 0 ? 0 : null,
      basis: 'no earlier training of this model is on record',
    };
  }
  return {
    seconds: null,
    usd: (mostSeconds / 3_600) * hourlyUsd,
    basis: `no earlier training of this model is on record: the most that a job may work, ${mostSeconds} s`,
  };
}

/** The most that a training costs whose trainer is paid by the token, US dollars; 0 for any other. */
function mostOf({ trainer, configuration, examples, folds, texts }: TrainingSize): number {
  if (trainer.byToken === undefined || texts === undefined) return 0;
  const { task, bytes } = texts;
  return trainer.byToken.mostTraining(configuration, task, { examples, bytes }) * workOf(1, 1, folds);
}

/** Bytes of the texts of examples or traces, as UTF-8. */
export function textBytes(texts: readonly { readonly input: string; readonly output: Output | null }[]): number {
  return texts.reduce((sum, { input, output }) => {
    const written = typeof output === 'string' ? output : JSON.stringify(output);
    return sum + Buffer.byteLength(input) + Buffer.byteLength(written);
  }, 0);
}

async function trainingsOf(modelId: string, trainer: string, objects: ObjectStore) {
  const keys = (await objects.list(`models/${modelId}/checkpoints/`)).filter((key) => key.endsWith('/cost.json'));
  const costs = await Promise.all(keys.map((key) => readJson(objects, key, trainingCostSchema)));
  return costs.filter((cost) => cost.trainer === trainer && cost.work > 0).slice(-mostCompared);
}

/** Seconds as people say them: `40 s`, `12 min`, `3.5 h`. */
export function duration(seconds: number): string {
  if (seconds < 120) return `${Math.max(1, Math.round(seconds))} s`;
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3_600).toFixed(1)} h`;
}

/** An estimate in words: `about 12 min, $0.34 (by 2 earlier trainings …)`. */
export function estimateWords({ seconds, usd, basis }: TrainingEstimate): string {
  const money = usd === null ? 'at a price not known' : usd === 0 ? 'for nothing' : `$${usd.toFixed(2)}`;
  if (seconds !== null) return `about ${duration(seconds)}, ${money} (${basis})`;
  return usd === null || usd === 0 ? `a time not known, ${money} (${basis})` : `at most ${money} (${basis})`;
}
