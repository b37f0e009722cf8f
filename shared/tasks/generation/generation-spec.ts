import { z } from 'zod';
import type { TaskOption } from '../../domain/base/task-kind.ts';

const checkerSchema = z.enum(['exact', 'numeric', 'json', 'rouge-l']);
/** How an answer is held against the right one. */
export type CheckerName = z.infer<typeof checkerSchema>;

export const generationSpecSchema = z.strictObject({
  kind: z.literal('generation'),
  checker: checkerSchema.default('exact'),
});
export type GenerationSpec = z.infer<typeof generationSpecSchema>;

/** What can be chosen of a generation. */
export const generationOptions: readonly TaskOption[] = [
  {
    name: 'checker',
    values: checkerSchema.options,
    about:
      'when an answer is right: exact, but for blanks and case; numeric, its last number; json, field by field; rouge-l, words in common',
  },
];

export function generationSpecFrom(given: { readonly options?: Readonly<Record<string, string>> }): GenerationSpec {
  return generationSpecSchema.parse({ kind: 'generation', checker: given.options?.checker });
}
