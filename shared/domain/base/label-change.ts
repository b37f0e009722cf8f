import { z } from 'zod';
import type { Output } from './output.ts';

/** Names of labels, entity types or other facets; what one may be its task kind says. */
const nameSchema = z.string().min(1).max(200);
const names = (fewest: number) => z.array(nameSchema).min(fewest).max(10_000).readonly();

/** A change that a person makes to the labels of a task (its entity types, …). */
export const labelChangeSchema = z.discriminatedUnion('how', [
  z.strictObject({ how: z.literal('add'), labels: names(1) }),
  z.strictObject({ how: z.literal('rename'), from: nameSchema, to: nameSchema }),
  z.strictObject({
    how: z.literal('merge'),
    /** Labels of the task that become one; `into` is among them where it was one. */
    labels: names(1),
    /** Names that are none of the task's and that judgements use for it. */
    aliases: names(0),
    into: nameSchema,
  }),
  z.strictObject({ how: z.literal('split'), from: nameSchema, into: names(2) }),
]);
export type LabelChange = z.infer<typeof labelChangeSchema>;

/** What an output that was written before some label changes says today. */
export interface Translated {
  /** Null where nobody can tell: a label that it has was split. */
  readonly output: Output | null;
  /** The output as near to today as can be said: what was split stays as it was. */
  readonly closest: Output;
  /**
   * Whether labels were merged into one that it has, so that what was wrong then may be right today. What was right is
   * still right.
   */
  readonly joined: boolean;
}

/** Reads outputs through the label changes of a model. */
export interface LabelReading {
  translate(output: Output): Translated;
  /**
   * The output with a name that a change gave up, which this one is, or is but for case, blanks and Unicode form; null
   * where it is none, and where it may be several.
   */
  formerly?(output: Output): Output | null;
  /** What a name of before is called today; one that was split stays as it was. */
  closestName(name: string): string;
  /** Whether labels were merged: then probabilities of several answers belong to one. */
  readonly joins: boolean;
}
