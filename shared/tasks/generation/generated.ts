import { z } from 'zod';
import { type Json, jsonSchema } from '../../domain/base/json.ts';
import { asOutput, type Output } from '../../domain/base/output.ts';

const reasonedSchema = z.strictObject({
  reasoning: z.string(),
  answer: jsonSchema.refine((answer) => answer !== null),
});

/**
 * An output as it is written: a text, any JSON but null, or `{"reasoning", "answer"}`, where the way to the answer stands
 * apart from it. The reasoning is trained on, and is no part of what is held against the right output.
 */
export const generatedSchema = jsonSchema
  .refine((value) => value !== null, { error: 'must be a text or JSON that is not null' })
  .transform((value) => asOutput(value as NonNullable<Json>));

/** What is held against the right output. */
export function answerOf(output: Output): Json {
  const written = output as unknown as Json;
  const reasoned = reasonedSchema.safeParse(written);
  return reasoned.success ? reasoned.data.answer : written;
}

/** The way to the answer; null where it does not stand apart. */
export function reasoningOf(output: Output): string | null {
  const reasoned = reasonedSchema.safeParse(output);
  return reasoned.success ? reasoned.data.reasoning : null;
}

/** An answer as a text: itself, or its JSON. */
export function textOf(answer: Json): string {
  return typeof answer === 'string' ? answer : JSON.stringify(answer);
}

/** An answer as JSON, where a text holds some, in a Markdown fence or not; other texts as they are. */
export function structureOf(answer: Json): Json {
  if (typeof answer !== 'string') return answer;
  const opened = answer.trim();
  const body = opened.startsWith('```') ? opened.replace(/^```[a-z]*\s*/i, '').replace(/```$/, '') : opened;
  if (!/^[[{]/.test(body)) return answer;
  try {
    return jsonSchema.parse(JSON.parse(body));
  } catch {
    return answer;
  }
}
