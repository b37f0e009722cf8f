import { z } from 'zod';
import type { Json } from '../../domain/base/json.ts';
import type { Output } from '../../domain/base/output.ts';
import type { WrittenOutputs } from '../../domain/base/task-kind.ts';
import { type Entity, entitiesOutput } from './entity.ts';
import type { ExtractionSpec } from './extraction-spec.ts';

const writtenSchema = z.array(z.object({ label: z.string(), text: z.string().min(1) })).max(1_000);

/**
 * Entities as a language model writes them: by their words, as such models count no characters. Words that stand in the
 * input more than once are taken in the order in which they are named.
 */
export const writtenEntities: WrittenOutputs<ExtractionSpec> = {
  words: 'all right entities, each with its exact words, where the answer is wrong and you know them, else null',
  schema: ({ labels }): Json => ({
    type: ['array', 'null'],
    items: {
      type: 'object',
      properties: { label: { type: 'string', enum: [...labels] }, text: { type: 'string' } },
      required: ['label', 'text'],
      additionalProperties: false,
    },
  }),
  read(_task, input, written): Output | null {
    const parsed = writtenSchema.safeParse(written);
    if (!parsed.success) return null;
    const next = new Map<string, number>();
    const found: Entity[] = [];
    for (const { label, text } of parsed.data) {
      const start = input.indexOf(text, next.get(text) ?? 0);
      if (start === -1) return null;
      next.set(text, start + text.length);
      found.push({ label, start, end: start + text.length, text });
    }
    return entitiesOutput(found);
  },
};
