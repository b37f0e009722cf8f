import { RatchetError } from '../domain/base/errors.ts';
import type { Json } from '../domain/base/json.ts';
import type { Configuration } from '../domain/models/configuration.ts';
import type { Model } from '../domain/models/model.ts';
import type { Served } from '../domain/models/served.ts';
import type { Analyst } from './analyst.ts';
import type { Exporter } from './exporter.ts';
import type { Judge } from './judge.ts';
import type { Prediction, PredictOptions, Predictor } from './predictor.ts';
import type { Trainer } from './trainer.ts';

/** All back ends there are, by name. */
export interface BackEnds {
  readonly trainers: ReadonlyMap<string, Trainer>;
  readonly predictors: ReadonlyMap<string, Predictor>;
  readonly analysts: ReadonlyMap<string, Analyst>;
  readonly judges: ReadonlyMap<string, Judge>;
  /** By name of the predictor; some predictors have none, and functions need none. */
  readonly exporters?: ReadonlyMap<string, Exporter>;
}

/** Answers inputs as a checkpoint is served. @throws RatchetError InvalidInput when there is no such predictor here */
export function answerWith(
  { served }: { readonly served: Served },
  inputs: readonly string[],
  backEnds: Pick<BackEnds, 'predictors'>,
  options?: PredictOptions,
): Promise<readonly Prediction[]> {
  return predictorNamed(served.predictor, backEnds).predict(served, inputs, options);
}

/** The predictor of that name. @throws RatchetError InvalidInput */
export function predictorNamed(name: string, { predictors }: Pick<BackEnds, 'predictors'>): Predictor {
  return named('predictor', name, predictors);
}

/**
 * Whether each answer of a checkpoint may cost something, as of one at an endpoint. Such a one is asked by runs, by who
 * asks for predictions and by who is served, and by nothing that only looks. @throws RatchetError InvalidInput
 */
export function costsToAsk(
  { served, configuration }: { readonly served: Served; readonly configuration: Configuration },
  backEnds: Pick<BackEnds, 'predictors'>,
): boolean {
  const { mostCost, isPaid } = predictorNamed(served.predictor, backEnds);
  return mostCost !== undefined && (isPaid?.(configuration) ?? true);
}

/** The trainer of that name. @throws RatchetError InvalidInput */
export function trainerNamed(name: string, { trainers }: Pick<BackEnds, 'trainers'>): Trainer {
  return named('trainer', name, trainers);
}

/** The analyst of that name. @throws RatchetError InvalidInput */
export function analystNamed(name: string, { analysts }: Pick<BackEnds, 'analysts'>): Analyst {
  return named('analyst', name, analysts);
}

/** The judge of that name. @throws RatchetError InvalidInput */
export function judgeNamed(name: string, { judges }: Pick<BackEnds, 'judges'>): Judge {
  return named('judge', name, judges);
}

/**
 * The trainer for what has to be trained many times over, such as what triage compares judgements with: the model's own
 * where that is cheap, else the first cheap one for its task; null where there is none, and then a task does without.
 */
export function cheapTrainer(model: Model, backEnds: Pick<BackEnds, 'trainers'>): Trainer | null {
  const own = trainerNamed(model.trainer, backEnds);
  const trainers = [own, ...backEnds.trainers.values()];
  return trainers.find(({ cost, tasks }) => cost === 'cheap' && tasks.includes(model.task.kind)) ?? null;
}

/** What a trainer begins with. @param options what the model fixes of its configurations */
export function initialConfiguration(trainer: Trainer, options: Json): Configuration {
  const [first] = trainer.first({ options, losesTooMuch: false });
  if (first === undefined) throw new Error(`trainer ${trainer.name} has no configuration to begin with`);
  return first;
}

function named<T>(what: string, name: string, known: ReadonlyMap<string, T>): T {
  const found = known.get(name);
  if (found !== undefined) return found;
  const elsewhere = name.endsWith('-sagemaker')
    ? ' What trains on SageMaker is here where RATCHET_SAGEMAKER is set.'
    : '';
  throw new RatchetError('InvalidInput', `There is no ${what} named ${JSON.stringify(name.slice(0, 120))} here.`, {
    mend: `Use one of: ${[...known.keys()].join(', ')}.${elsewhere}`,
  });
}
