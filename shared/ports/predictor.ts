import type { ZodType } from 'zod';
import type { Json } from '../domain/base/json.ts';
import type { Output } from '../domain/base/output.ts';
import type { Configuration } from '../domain/models/configuration.ts';
import type { Served } from '../domain/models/served.ts';
import type { Usage } from './long-work.ts';

export interface Prediction {
  /** Null for an input with no text to go by. */
  readonly output: Output | null;
  /** Probability of `output`, a fraction; 0 when there is none, or nobody tells. */
  readonly confidence: number;
  /** The most probable outputs, best first, `output` itself at the head; empty when there is none. */
  readonly alternatives: readonly { readonly output: Output; readonly confidence: number }[];
  /**
   * Where outputs have parts that are right or wrong each on its own, and {@link PredictOptions.weighed} asks: every part
   * that may be right, as an output of that part alone with the probability that it belongs to the right one. Absent
   * where the back end cannot tell.
   */
  readonly parts?: readonly { readonly output: Output; readonly confidence: number }[];
}

export interface PredictOptions {
  /** How many alternatives to name; 2 by default, at most as many as there are. */
  readonly alternatives?: number;
  /**
   * Asks for the parts of each answer. An output for each input, or null: its parts are named too, however unlikely they
   * are.
   */
  readonly weighed?: readonly (Output | null)[];
  readonly onProgress?: (done: number, total: number) => void;
  /** Told what answers have used, in parts that add up, by a predictor whose answers cost something. */
  readonly onUsage?: (usage: Usage) => void;
}

/** A part of an input, with what it adds to the answer. */
export interface ExplainedPart {
  readonly text: string;
  /** Where it first stands in the input, in UTF-16 code units. */
  readonly start: number;
  /** What it adds to the log-odds of the answer against the runner-up, in nats; below 0 it speaks for the runner-up. */
  readonly contribution: number;
}

/** Why an input gets its answer. */
export interface Explanation {
  /** How the contributions were found, in a sentence for people. */
  readonly method: string;
  readonly output: Output;
  /** The runner-up that the answer is held against. */
  readonly against: Output;
  /** Of the answer against the runner-up, in nats. */
  readonly logOdds: number;
  /** What weighs most first, for the answer or against it. */
  readonly parts: readonly ExplainedPart[];
}

/**
 * Answers inputs with a checkpoint. Answers come in the order of the inputs, and do not depend on what else is in the
 * batch. A label without an example is never answered. Progress ends at its total.
 */
export interface Predictor {
  readonly name: string;
  /** The task kinds it can answer. */
  readonly tasks: readonly string[];
  /** Whether it names alternatives with their probabilities. */
  readonly ranked: boolean;
  /** How many inputs to ask at once, so that an answer comes well within a function's time. */
  readonly chunk: number;
  /** What of the texts of its examples an artifact holds in clear, in words; absent where it holds weights alone. */
  readonly holds?: string;
  /**
   * What must be told of a model that is deployed elsewhere and only asked (see `Endpoint`); absent where all that
   * answers was trained here.
   */
  readonly endpoint?: ZodType<Json>;
  /**
   * The most that asking may cost, US dollars; null where it costs nothing, absent where no checkpoint's answers do.
   * @throws RatchetError as {@link predict}
   */
  mostCost?(served: Served, inputs: readonly string[]): Promise<number | null>;
  /** Whether answers of a checkpoint of this configuration may cost something; all of them where there is `mostCost` alone. */
  isPaid?(configuration: Configuration): boolean;
  /**
   * @throws RatchetError ObjectMissing when the artifact is not there, CorruptArtifact when it is not the one that
   * `served.digest` speaks of
   */
  predict(served: Served, inputs: readonly string[], options?: PredictOptions): Promise<readonly Prediction[]>;

  /**
   * Which parts of an input its answer comes from; null for an input without an answer or without a runner-up. Absent
   * where the back end cannot tell.
   * @throws RatchetError as {@link predict}
   */
  explain?(served: Served, input: string): Promise<Explanation | null>;

  /**
   * The same for a task whose outputs have parts that are right or wrong each on its own: one explanation for each part of
   * `right` that the answer lacks, and for each part of the answer, up to some bound. Each is of an output with that part
   * alone, held against one without it.
   * @param right the right output; null where nobody knows
   * @throws RatchetError as {@link predict}
   */
  explainParts?(served: Served, input: string, right: Output | null): Promise<readonly Explanation[]>;
}
