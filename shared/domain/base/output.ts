import { z } from 'zod';

declare const opaque: unique symbol;

/**
 * What a model answers. Only its task kind looks inside: a label is a text in storage, entities an object, and code
 * that compared them with `===` or by a Map would lose every output that is no text. Identity is `TaskKind.key`,
 * equality `TaskKind.same`.
 */
export type Output = { readonly [opaque]: true };

/** A task kind's own form of an answer, closed to everybody else; any JSON value but null. */
export function asOutput(value: NonNullable<unknown>): Output {
  return value as Output;
}

/**
 * An output within a payload that this program wrote itself. Any value that is there is let through, since hundreds of
 * thousands are read at a time; what comes from outside is checked by the task kind's own schema.
 */
export const outputSchema = z.custom<Output>((value) => value !== null && value !== undefined, {
  error: 'must be an output',
});
