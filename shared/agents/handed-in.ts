import { z } from 'zod';
import { type Json, jsonSchema } from '../domain/base/json.ts';
import type { ToolOutcome } from './tools/tool.ts';

/** What an agent handed in, once it was checked. */
export const handedInSchema = z.strictObject({
  accepted: z.array(jsonSchema),
  refused: z.array(z.strictObject({ index: z.int(), why: z.string() })),
});

/** What the model is told of it: how many parts stand, and why the others do not. Nothing is handed in if none does. */
export function handedIn(checked: Json): ToolOutcome {
  const { accepted, refused } = handedInSchema.parse(checked);
  return {
    value: [{ taken: accepted.length, refused: refused.length }, ...refused],
    refusals: refused.map(({ why }) => why),
    ...(accepted.length > 0 && { handIn: accepted }),
  };
}
