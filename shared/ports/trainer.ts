import type { ZodType } from 'zod';
import type { Json } from '../domain/base/json.ts';
import type { TaskSpec } from '../domain/base/task-spec.ts';
import type { Parts } from '../domain/evaluation/fold.ts';
import type { Configuration } from '../domain/models/configuration.ts';
import type { Example } from '../domain/models/example.ts';
import type { FoldModels } from '../domain/models/fold-models.ts';
import type { Served } from '../domain/models/served.ts';
import type { LongWork } from './long-work.ts';

export interface TrainingRequest {
  readonly task: TaskSpec;
  /** Object key of the dataset: JSON lines of `Example`. */
  readonly datasetKey: string;
  /** The trainer's own; it checks it. */
  readonly configuration: Configuration;
  readonly seed: number;
  /**
   * The champion to learn from, where the configuration asks for it; null for none. What the model of a part learns from
   * is never `served`, which has seen the part, but the teacher's fold model of that part; with no fold models `served`
   * has seen no part at all.
   */
  readonly teacher: { readonly served: Served; readonly folds: FoldModels | null } | null;
  /** The fold models to train beside it; null trains one model, on all examples. */
  readonly folds: FoldPlan | null;
  /** Where the artifact goes, if there is one. What is there already stays as it is, and counts. */
  readonly artifactKey: string;
  /** Name of the predictor that is to answer with it. */
  readonly predictor: string;
}

/** Fold models to train: each on the examples that its part does not hold out (see `isHeldOut`). */
export interface FoldPlan {
  readonly parts: Parts;
  /** The parts that get a model, each with the object key for its artifact. */
  readonly models: readonly { readonly part: number; readonly artifactKey: string }[];
}

export interface Artifact {
  readonly served: Served;
  /** The fold models that were asked for; null where none were. */
  readonly folds: FoldModels | null;
  /** Size; null where there are no bytes of ours. */
  readonly bytes: number | null;
  /** Examples trained on. */
  readonly examples: number;
  /** Null where the trainer does not tell. */
  readonly finalLoss: number | null;
}

/** What is known when configurations are chosen. */
export interface SearchContext {
  /** What the model fixes; see {@link Trainer.options}. */
  readonly options: Json;
  /** Whether the gate holds candidates back for what they lose. */
  readonly losesTooMuch: boolean;
  /** Whether what stands answers far more than there is; absent where nobody can tell. */
  readonly overPredicts?: boolean;
}

/**
 * Trains one checkpoint from the foundation. Long work: under the same key the same checkpoint comes out, also when a
 * process was killed in between, or when training is never twice the same; so an artifact is never overwritten.
 * Configurations and the space they are searched in are the trainer's own. A label that the task knows and no example
 * has is no error. Work fails by RatchetError, or with its name where it fails later: InvalidInput for a dataset that
 * is empty, no dataset, or has outputs that the task does not know; ObjectMissing for one that is not there.
 */
export interface Trainer extends LongWork<TrainingRequest, Artifact> {
  readonly name: string;
  /** The task kinds it can train. */
  readonly tasks: readonly string[];
  /** Names of the predictors that can answer with its artifacts; the first is the one to take unless told otherwise. */
  readonly predictors: readonly string[];
  /**
   * `dear`: minutes to hours a training. Fewer candidates, and what triage compares with comes from a cheap one.
   */
  readonly cost: 'cheap' | 'dear';
  /**
   * How many fold models are worth training. `all`: a model of every part, and their average is what is served. A
   * number: so many, beside a model on all examples, which is what is served.
   */
  readonly foldModels: 'all' | number;
  readonly configuration: ZodType<Configuration>;
  /**
   * The part of a configuration that a model may fix, with its defaults; reads that part out of a whole configuration
   * too.
   */
  readonly options: ZodType<Json>;
  /**
   * Looks for what the options of a new model name outside of it, such as a foundation to be fetched, and pins it. What
   * comes back is kept with the model; without this function the options are.
   * @param onFetch told of a file that is on its way: bytes so far, of so many, 0 where that is not known
   * @throws RatchetError FoundationMissing, InvalidInput
   */
  prepare?(options: Json, onFetch?: (file: string, done: number, total: number) => void): Promise<Json>;
  /**
   * Looks whether what the options of a new model name is there, where nothing is trained yet that would find out.
   * @throws RatchetError FoundationMissing
   */
  check?(options: Json): Promise<void>;
  /** What an iteration trains side by side before anything is known; the first one is the default. Empty for one that trains nothing. */
  first(context: SearchContext): readonly Configuration[];
  /** Alternatives worth trying when tuning, best bets first, all different from `from` and one another. */
  neighbours(from: Configuration, context: SearchContext): readonly Configuration[];
  /**
   * Whether training by this configuration needs the champion, which then is part of what determines the checkpoint.
   */
  learnsFromChampion(configuration: Configuration): boolean;
  /** How often a training goes over its data; once without this function. */
  passes?(configuration: Configuration): number;
  /** What its work is paid by; absent where it costs nothing. `mostSeconds` is how long a job may work; null for no bound. */
  readonly billing?: { readonly hourlyUsd: number; readonly mostSeconds: number | null };
  /** The same where its work, and the answers of what it trains, are paid by the token. US dollars. */
  readonly byToken?: {
    /** The most that training one model costs. `bytes` are those of all inputs and outputs together. */
    mostTraining(
      configuration: Configuration,
      task: TaskSpec,
      size: { readonly examples: number; readonly bytes: number },
    ): number;
    /** The most that answers cost; null where they cost nothing. */
    mostAnswers(configuration: Configuration, task: TaskSpec, inputs: readonly string[]): number | null;
  };
  /**
   * What a person should know who trains on such examples with these options, clauses without a full stop; none
   * without this function.
   */
  concerns?(options: Json, examples: readonly Pick<Example, 'input' | 'output'>[]): readonly string[];
}
