import { join } from 'node:path';
import { z } from 'zod';
import type { Json } from '../../../domain/base/json.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { ObjectStore } from '../../../ports/object-store.ts';
import type { Predictor } from '../../../ports/predictor.ts';
import type { Trainer } from '../../../ports/trainer.ts';
import { type JobBackEnd, jobBackEnds } from '../jobs/job-back-ends.ts';
import type { PythonCommand } from './python.ts';

export interface LocalJobOptions {
  readonly objects: ObjectStore;
  /** Jobs have their folders in it, below `jobs`. */
  readonly cacheDirectory: string;
  readonly clock: Clock;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** How Python is found; by the environment, else in the project. */
  readonly python?: () => Promise<PythonCommand>;
  /** What there is; all that the Python package knows by default. */
  readonly backEnds?: readonly JobBackEnd[];
}

const foundationSchema = z.object({ foundation: z.string() });

/** Trainers and predictors that work by processes of Python, which are begun when one is first needed. */
export function localJobBackEnds(options: LocalJobOptions): {
  readonly trainers: readonly Trainer[];
  readonly predictors: readonly Predictor[];
  /** Removes jobs that hold one of the texts. @returns how many there were */
  forget(texts: readonly string[]): Promise<number>;
  close(): Promise<void>;
} {
  let loading: ReturnType<typeof load> | undefined;
  const loaded = () => {
    loading ??= load(options);
    return loading;
  };
  const known = options.backEnds ?? jobBackEnds;
  return {
    trainers: known.map(({ name, trainer, otherPredictors, fromHub = false }) => {
      const facts = { ...trainer, name, predictors: [name, ...otherPredictors] };
      const made = async () => (await loaded()).trainer(facts, name);
      return {
        ...facts,
        ...(fromHub && {
          async check(chosen: Json) {
            const { foundation } = foundationSchema.parse(chosen);
            await (await import('./check-foundation.ts')).checkFoundation(foundation, options.env ?? process.env);
          },
        }),
        start: async (...request) => (await made()).start(...request),
        advance: async (...request) => (await made()).advance(...request),
      };
    }),
    predictors: known.map(({ name, predictor, mostAnswersUsd }): Predictor => {
      const facts = { ...predictor, name };
      let making: Promise<Predictor> | undefined;
      const made = () => {
        making ??= loaded().then((back) => back.predictor(facts, mostAnswersUsd));
        return making;
      };
      const paid =
        mostAnswersUsd === undefined
          ? {}
          : {
              mostCost: async (...request: Parameters<Required<Predictor>['mostCost']>) =>
                (await (await made()).mostCost?.(...request)) ?? null,
            };
      return { ...facts, ...paid, predict: async (...request) => (await made()).predict(...request) };
    }),
    forget: async (texts) => (await loaded()).jobs.forget(texts),
    close: async () => (await loading)?.close(),
  };
}

async function load({ objects, cacheDirectory, clock, env = process.env, python }: LocalJobOptions) {
  const [{ LocalJobs }, { createLocalJobTrainer }, { createLocalJobPredictor }, { WarmProcess }, { findPython }] =
    await Promise.all([
      import('./local-jobs.ts'),
      import('./local-job-trainer.ts'),
      import('./local-job-predictor.ts'),
      import('./warm-process.ts'),
      import('./python.ts'),
    ]);
  const find = python ?? (() => findPython(env));
  const jobs = new LocalJobs({ directory: join(cacheDirectory, 'jobs'), python: find });
  const process = new WarmProcess(find);
  return {
    jobs,
    trainer: (facts: Omit<Trainer, 'start' | 'advance'>, backEnd: string) =>
      createLocalJobTrainer({ facts, backEnd, objects, jobs, clock }),
    predictor: (facts: Omit<Predictor, 'predict'>, mostAnswersUsd: JobBackEnd['mostAnswersUsd']) =>
      createLocalJobPredictor({ facts, objects, process, ...(mostAnswersUsd === undefined ? {} : { mostAnswersUsd }) }),
    close: async () => {
      await Promise.all([jobs.close(), process.close()]);
    },
  };
}
