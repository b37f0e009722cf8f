import type { Output } from '../../domain/base/output.ts';
import type { Mark } from '../../domain/base/task-kind.ts';

/** A text with its right output, to be written. */
export interface WrittenExample {
  /** From 1. */
  readonly number: number;
  readonly input: string;
  readonly output: Output;
  /** The places that the output names, in order; null for a task whose outputs name none. */
  readonly marks: readonly Mark[] | null;
}

/** An example as a format has it, or why the format cannot hold it, in the plural: `entities that overlap`. */
export type Written =
  | {
      readonly ok: true;
      readonly text: string;
      /** What is otherwise in the file than it was, in the plural; each as often as it occurs. */
      readonly altered?: readonly string[];
    }
  | { readonly ok: false; readonly reason: string };

/** How a tool reads examples from a file. */
export interface ExampleWriter {
  /** As `--format` names it. */
  readonly name: string;
  /** Whether outputs must name places. */
  readonly ofPlaces: boolean;
  /** What stands before the first example, between two, and after the last. */
  readonly frame: { readonly begin: string; readonly between: string; readonly end: string };
  write(example: WrittenExample): Written;
}

/** A value as an example of a format that has one JSON value a line. */
export function jsonLine(value: unknown): Written {
  return { ok: true, text: JSON.stringify(value) };
}

export const lines: ExampleWriter['frame'] = { begin: '', between: '\n', end: '\n' };
