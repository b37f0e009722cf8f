import type { ZodType } from 'zod';
import type { RootCause } from '../diagnosis/root-cause.ts';
import type { DetectorName } from '../triage/detector-name.ts';
import type { Json } from './json.ts';
import type { LabelChange, LabelReading } from './label-change.ts';
import type { Output } from './output.ts';
import type { Replacement } from './replacement.ts';
import type { TaskSpec } from './task-spec.ts';
import type { Interval } from './wilson.ts';

/** Why an output cannot be taken, and how to mend it: a few words each, in the terms of the file it came from. */
export interface OutputProblem {
  readonly reason: string;
  readonly mend: string;
  /**
   * The names in it that the task does not know (yet), where nothing else is wrong: the output can be taken once the task
   * knows them. Absent where no name would mend it.
   */
  readonly unknown?: readonly string[];
}

/** What an output comes to that a person, a model or a tool wrote in a form of its own. */
export type OutputReading =
  /** One that the task knows. `note` says how it was read where it was written otherwise; null where it was not. */
  | { readonly kind: 'known'; readonly output: Output; readonly note: string | null }
  /** A possible output that the task does not know (yet), with the known one that is most like it. */
  | { readonly kind: 'unknown'; readonly output: Output; readonly nearest: Output | null; readonly note: string | null }
  /**
   * None. `path` leads to what is probably meant, as `--map output=output<path>` would take it: `.label`, `[0]`; null
   * where there is no such place.
   */
  | { readonly kind: 'unusable'; readonly reason: string; readonly path: string | null; readonly mend: string };

/** What an answer got right and wrong of one facet, counted: true positives, false positives, false negatives. */
export interface GradePart {
  readonly facet: string;
  readonly tp: number;
  readonly fp: number;
  readonly fn: number;
}

/** An answer held against the right output. */
export interface Grade {
  /** Whether the answer counts as right. */
  readonly right: boolean;
  /** Part of the whole that is right, a fraction. */
  readonly credit: number;
  /** By facet; empty for a task without facets. */
  readonly parts: readonly GradePart[];
}

/** What should have been said of one facet beside what was. */
export interface FacetPair {
  /** Null where nothing should have been. */
  readonly expected: string | null;
  /** Null where nothing was. */
  readonly answered: string | null;
  /** Whether they agree in all; the same facet twice may still be wrong, such as an entity at another place. */
  readonly right: boolean;
}

/** How far the places that an answer names are the right ones, whatever facets they were given, counted. */
export interface PlaceAgreement {
  /** At a right place. */
  readonly same: number;
  /** At none, but over a part of one. */
  readonly overlapping: number;
  /** Right places. */
  readonly expected: number;
  readonly answered: number;
}

/** A task's metric over many grades, a fraction, with its 95 % interval. */
export interface Score extends Interval {
  readonly metric: string;
  readonly value: number;
}

/** What wrong answers of one sort have in common. */
export interface Pattern {
  /** Names the pattern: equal for all failures of one sort, whatever their inputs. */
  readonly key: string;
  /** For people, without a count. */
  readonly title: string;
  /** What should have been answered and was not; where nothing was missing, what was answered instead. */
  readonly facets: readonly string[];
  /** The root cause that failures of this sort have unless their texts tell another; absent where facets settle it. */
  readonly cause?: RootCause;
}

/** A text changed so that its output stays true, with that output. */
export interface Variant {
  readonly method: string;
  readonly input: string;
  readonly output: Output;
}

/** A place of an input that an output names: UTF-16 offsets, end exclusive. */
export interface Mark {
  readonly start: number;
  readonly end: number;
  readonly facet: string;
}

/** What is chosen of a task once, when a model is created: a field of its spec. */
export interface TaskOption {
  /** Of the field, and of the command's option. */
  readonly name: string;
  /** The first is taken where nothing is said; absent where it is not chosen among some. */
  readonly values?: readonly string[];
  /** What is given instead: a text as it stands, or the name of a file that holds it. */
  readonly takes?: 'text' | 'file';
  /** For people, a few words. */
  readonly about: string;
}

/** How messages name what a task is about. */
export interface TaskWords {
  /** One facet of an output: `label`, `entity type`. */
  readonly facet: string;
  /** Several of them. */
  readonly facets: string;
  /** An output as a line of a file has it, in JSON. */
  readonly output: string;
  /**
   * Where an output has parts that are right or wrong each on its own: one, `entity`, several of them, and the metric over
   * them. Absent where an output is right or wrong as a whole, and the metric is the share of right ones.
   */
  readonly parts?: { readonly one: string; readonly several: string; readonly metric: string };
}

/** How people change the names that outputs of a task use. */
export interface Relabelling<S extends TaskSpec = TaskSpec> {
  /**
   * The task after a change.
   * @param before the changes that it had already, oldest first
   * @throws RatchetError InvalidInput for a change that cannot be, or after which what is stored could not be read
   */
  withChange(spec: S, change: LabelChange, before: readonly LabelChange[]): S;
  /** Reads outputs of any time through all changes, oldest first. An output in the names of today stays as it is. */
  reading(changes: readonly LabelChange[]): LabelReading;
}

/** How a language model writes the outputs of a task. */
export interface WrittenOutputs<S extends TaskSpec = TaskSpec> {
  /** What is to be written where a right output is asked for: a few words within a sentence. */
  readonly words: string;
  /** JSON Schema of an output or of null. */
  schema(spec: S): Json;
  /** An output of this input; null where what is written is none. */
  read(spec: S, input: string, written: Json): Output | null;
}

/**
 * All that differs between tasks. The loop, the intake and the reports know a task by this alone, so that a new kind
 * changes nothing outside its own folder. Methods that take an output get one that {@link output} has parsed.
 */
export interface TaskKind<S extends TaskSpec = TaskSpec> {
  readonly kind: S['kind'];
  readonly words: TaskWords;
  /** The task as it is stored with a model. */
  readonly spec: ZodType<S>;
  /** An output as people and models write it. */
  readonly output: ZodType<Output>;
  /** What triage looks for. */
  readonly triage: readonly DetectorName[];
  /** Root causes that a failure can have. */
  readonly causes: readonly RootCause[];
  /**
   * Whether outputs name places in their input, so that they are no longer true once the input's text is changed around
   * them.
   */
  readonly anchored: boolean;

  /**
   * The task of a new model. @param given labels (entity types, …) given by hand, the outputs of its first examples, and
   * values of {@link options} by name
   * @throws RatchetError InvalidInput when that makes no task
   */
  specFrom(given: {
    readonly labels: readonly string[];
    readonly outputs: readonly Output[];
    readonly options?: Readonly<Record<string, string>>;
  }): S;
  /** What can be chosen of a task; nothing without it. */
  readonly options?: readonly TaskOption[];
  /**
   * The kind as one task has it, where what was chosen says what is right; without it all tasks are alike. What is known
   * of a model works with that one.
   */
  boundTo?(spec: S): TaskKind<S>;
  /** The facets that a task knows; empty where it has none or does not know them. */
  knownFacets(spec: S): readonly string[];
  /**
   * Reads an output as it was written; without this method, what {@link output} parses is taken as it is. What is meant
   * is never guessed: it is known, or named with the way to say so.
   * @param spec null before the task is known: nothing is unknown then
   */
  read?(spec: S | null, written: unknown): OutputReading;
  /** Equal for outputs that differ only in how they are written: case, blanks, Unicode form. Without it none are. */
  form?(output: Output): string;
  /** Why an output is no valid one of the task for this input; null when it is. */
  problem(spec: S, input: string, output: Output): OutputProblem | null;

  /** The only identity of an output: equal exactly where two outputs say the same, however they are written. */
  key(output: Output | null): string;
  /** Whether two answers to one input are equally right; `undecided` where somebody has to judge. */
  same(a: Output, b: Output): boolean | 'undecided';
  /** Whether {@link same} leaves every answer that differs from the right one to a judge. */
  readonly needsJudge?: true;
  /**
   * What an output is about, without repetition: its label, the types of its entities, nothing. Strata, balance and
   * guards go by them.
   */
  facets(output: Output): readonly string[];
  /** Holds an answer against the right output. @param answer null for none, which is wrong */
  grade(expected: Output, answer: Output | null): Grade;
  /** The score of many answers; 0 of none. */
  score(grades: readonly Grade[]): Score;
  /**
   * Which facets an answer takes for which, right ones included; without this method the report counts which outputs are
   * taken for which. Of tasks whose {@link TaskWords.parts} are right or wrong each on its own.
   */
  pairs?(expected: Output, answer: Output | null): readonly FacetPair[];
  /**
   * How far the places of an answer agree with the right ones: told beside the score, and decides nothing. Without this
   * method outputs name none.
   */
  places?(expected: Output, answer: Output | null): PlaceAgreement;
  /** The sort of failure that a wrong answer is. */
  pattern(expected: Output, answer: Output | null): Pattern;
  /** At most `count` variants of an input, different ones, each with the output that is right for it. Deterministic. */
  variants(input: string, output: Output, count: number): readonly Variant[];
  /** The places of its input that an output names, in order; without this method outputs name none. */
  marks?(output: Output): readonly Mark[];
  /**
   * An output that names places, as it is once pieces of its input are replaced; null where it cannot be kept true. Without
   * this method no output is.
   * @param input before
   * @param replacements in order, apart from one another
   */
  moved?(output: Output, input: string, replacements: readonly Replacement[]): Output | null;
  /** How its labels (entity types, …) change; absent where outputs name none, or changes are not known here. */
  readonly relabelling?: Relabelling<S>;
  /** How a language model writes outputs; without it none is asked to write some. */
  readonly written?: WrittenOutputs<S>;
  /** An output in words for people, on one line. */
  show(output: Output | null): string;
}
