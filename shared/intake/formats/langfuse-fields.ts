import { answeredIn, isMessages, readChat, sentIn } from './chat-messages.ts';
import type { JsonObject } from './records.ts';
import { known, objectOf, parsedOf } from './untrusted.ts';

/** A field by its name in exports (`trace_id`) or in answers of the interface (`traceId`). */
export function fieldOf(record: JsonObject, name: string): unknown {
  return record[name] ?? record[name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase())];
}

/** What Langfuse keeps beside an inference, and whoever called it. */
export function langfuseMetadata(record: JsonObject, more: Readonly<Record<string, unknown>>): JsonObject {
  const names = ['name', 'provided_model_name', 'level', 'environment', 'user_id', 'session_id', 'trace_name', 'tags'];
  const own = Object.fromEntries(names.map((name) => [name, emptyIsNone(fieldOf(record, name))]));
  return known({ ...objectOf(parsedOf(record.metadata)), ...own, ...more });
}

/** An empty text is how exports write that a field was not set. */
export function emptyIsNone(value: unknown): unknown {
  return value === '' || (Array.isArray(value) && value.length === 0) ? null : value;
}

/** What was asked and answered, as fields of a trace, from texts, JSON in texts, messages or objects. */
export function exchangeOf(record: JsonObject): Readonly<Record<string, unknown>> & { readonly system: string | null } {
  const input = emptyIsNone(record.input);
  const sent = sentOf(parsedOf(input));
  const answered = answeredOf(parsedOf(emptyIsNone(record.output)));
  const chat = sent.length === 0 ? null : readChat(sent, answered ?? []);
  if (chat !== null) {
    const { system, steps } = chat;
    const output = answered === null ? (emptyIsNone(record.output) ?? null) : (chat.output ?? null);
    return { ...known({ input: chat.input }), output, ...(steps.length === 0 ? {} : { steps }), system };
  }
  const answer = answered === null ? null : readChat([{ role: 'user', content: '-' }], answered);
  const output = answer === null ? (emptyIsNone(record.output) ?? null) : (answer.output ?? null);
  const steps = answer === null || answer.steps.length === 0 ? {} : { steps: answer.steps };
  return { ...known({ input }), output, ...steps, system: null };
}

function sentOf(input: unknown): readonly unknown[] {
  if (isMessages(input)) return input;
  const request = objectOf(input);
  if (request === null) return [];
  // An object that merely has a field "input" or "prompt" is the caller's own.
  return isMessages(request.messages) || isMessages(request.contents)
    ? sentIn(request)
    : isMessages([request])
      ? [request]
      : [];
}

/** The messages of an output; null where it holds none and stands for itself. */
function answeredOf(output: unknown): readonly unknown[] | null {
  if (isMessages(output)) return output;
  const response = objectOf(output);
  if (response === null) return null;
  if (isMessages([response])) return [response];
  const isAnswer =
    Array.isArray(response.choices) || Array.isArray(response.candidates) || isMessages(response.messages);
  return isAnswer ? answeredIn(response) : null;
}
