import { z } from 'zod';
import { RatchetError } from '../../domain/base/errors.ts';
import { jsonSchema } from '../../domain/base/json.ts';
import type { TaskOption } from '../../domain/base/task-kind.ts';
import { readSchema } from './checkers/json-schema.ts';
import { regexChecker } from './checkers/regex.ts';

/** How an answer is held against the right one. */
const checkerSchema = z.enum(['exact', 'numeric', 'json', 'rouge-l', 'regex', 'judge']);

export const generationSpecSchema = z.strictObject({
  kind: z.literal('generation'),
  checker: checkerSchema.default('exact'),
  /** What `regex` looks for. */
  pattern: z.string().min(1).optional(),
  /** A JSON Schema that answers of `json` have to fit; absent for any JSON. */
  schema: jsonSchema.optional(),
});
export type GenerationSpec = z.infer<typeof generationSpecSchema>;

/** What can be chosen of a generation. */
export const generationOptions: readonly TaskOption[] = [
  {
    name: 'checker',
    values: checkerSchema.options,
    about:
      'when an answer is right: exact, but for blanks and case; numeric, its last number; json, field by field; rouge-l, words in common; ' +
      'regex, what --pattern finds; judge, as the judge says',
  },
  {
    name: 'pattern',
    takes: 'text',
    about: 'what --checker regex compares, in the syntax of RE2: what is found first, or its groups',
  },
  {
    name: 'schema',
    takes: 'file',
    about: 'a JSON Schema (2020-12): with --checker json, what does not fit it is wrong',
  },
];

/** @throws RatchetError InvalidInput for a pattern or a schema that is none, or that its checker has no use for */
export function generationSpecFrom(given: { readonly options?: Readonly<Record<string, string>> }): GenerationSpec {
  const { checker, pattern, schema } = given.options ?? {};
  if ((checker === 'regex') !== (pattern !== undefined)) {
    throw new RatchetError(
      'InvalidInput',
      checker === 'regex' ? '--checker regex has no --pattern.' : '--pattern is given without --checker regex.',
      { mend: 'Give both, for example: --checker regex --pattern "#### (-?[0-9]+)"' },
    );
  }
  if (schema !== undefined && checker !== 'json') {
    throw new RatchetError('InvalidInput', '--schema is given without --checker json.', {
      mend: 'Add --checker json.',
    });
  }
  if (pattern !== undefined) regexChecker(pattern);
  return generationSpecSchema.parse({
    kind: 'generation',
    checker,
    ...(pattern === undefined ? {} : { pattern }),
    ...(schema === undefined ? {} : { schema: readSchema(schema) }),
  });
}
