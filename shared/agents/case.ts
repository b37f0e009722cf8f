import { z } from 'zod';
import type { Json } from '../domain/base/json.ts';
import { outputSchema } from '../domain/base/output.ts';
import type { TaskKind } from '../domain/base/task-kind.ts';
import { mistakeInWords, wayToAnswerSchema } from '../domain/steps/shown-steps.ts';
import { shownText } from './shown-text.ts';

/** A record as agents may look at it. */
export const caseSchema = z.strictObject({
  traceId: z.string(),
  input: z.string(),
  /** The right answer. */
  expected: outputSchema,
  /** What the champion answers; null for none. */
  answer: outputSchema.nullable(),
  confidence: z.number(),
  failed: z.boolean(),
  /** How the answer on record came about; absent where nothing of it is. */
  way: wayToAnswerSchema.optional(),
});
export type Case = z.infer<typeof caseSchema>;

/** A record in words, as it may stand in a data block. */
export function showCase(
  { traceId, input, expected, answer, confidence, failed, way }: Case,
  kind: TaskKind,
  longest = 600,
): Json {
  return {
    traceId,
    input: shownText(input, longest),
    right: shownText(kind.show(expected), longest),
    ...(failed && { answered: answer === null ? null : shownText(kind.show(answer), longest) }),
    confidence: Math.round(confidence * 100) / 100,
    ...(!failed && { answeredRight: true }),
    ...(way !== undefined && { steps: way.count }),
    ...(failed && way?.mistake != null && { mistake: shownText(mistakeInWords(way.mistake), longest) }),
  };
}
