import { numbered } from './flatten.ts';
import type { JsonObject } from './records.ts';
import type { Attributes, SpanEvent } from './span.ts';
import { objectOf, parsedOf, textOf } from './untrusted.ts';

/** What a model was sent and what it answered, as messages of any of the shapes that `readChat` knows. */
export interface Exchange {
  readonly sent: readonly unknown[];
  readonly answered: readonly unknown[];
}

/** Operations that ask a model for text; by semantic-conventions-genai, `gen_ai.operation.name`. */
const inferences: ReadonlySet<unknown> = new Set(['chat', 'text_completion', 'generate_content', 'completion']);

/** Whether a span, or an event that tells of one, is a call of a model for text. */
export function isGenAiInference(attributes: Attributes): boolean {
  const operation = attributes.get('gen_ai.operation.name') ?? attributes.get('llm.request.type');
  if (operation !== undefined) return inferences.has(operation);
  // The conventions of 2024 did not name the operation.
  return ['gen_ai.request.model', 'gen_ai.input.messages', 'gen_ai.prompt.0.content'].some((name) =>
    attributes.has(name),
  );
}

/**
 * The messages of a call of a model, wherever its instrumentation wrote them: attributes by the conventions of today (as
 * JSON in a text, or structured), by those of OpenLLMetry (`gen_ai.prompt.0.content`), or events at the span by earlier
 * conventions. Both lists are empty where the content was not recorded, which is the default. Of several answers to
 * choose from, the first counts.
 *
 * By open-telemetry/semantic-conventions-genai, `docs/gen-ai/non-normative/examples-llm-calls.md` (at 03c9d21) and
 * `model/gen-ai/events.yaml` (at 0387091); earlier events by open-telemetry/semantic-conventions of 2024 and 2025
 * (`gen_ai.content.prompt`, then `gen_ai.user.message` and `gen_ai.choice`).
 */
export function genAiExchange(attributes: Attributes, events: readonly SpanEvent[]): Exchange {
  const exchange = withSystem(attributes, {
    sent: messagesIn(attributes.get('gen_ai.input.messages')),
    answered: messagesIn(attributes.get('gen_ai.output.messages')).slice(0, 1),
  });
  if (!isEmpty(exchange)) return exchange;
  const indexed = {
    sent: numbered(attributes, 'gen_ai.prompt').map((entry) => Object.fromEntries(entry)),
    answered: numbered(attributes, 'gen_ai.completion').slice(0, 1).map(assistant),
  };
  if (!isEmpty(indexed)) return indexed;
  const { sent, answered } = joinedExchanges(events.map(eventExchange));
  return { sent, answered: answered.slice(0, 1) };
}

/** The messages that one event tells of; those of a call by earlier conventions are spread over several. */
export function eventExchange({ name, attributes }: SpanEvent): Exchange {
  if (name === 'gen_ai.client.inference.operation.details') return genAiExchange(attributes, []);
  if (name === 'gen_ai.content.prompt')
    return { sent: messagesIn(attributes.get('gen_ai.prompt'), 'user'), answered: [] };
  if (name === 'gen_ai.content.completion') {
    return { sent: [], answered: messagesIn(attributes.get('gen_ai.completion'), 'assistant') };
  }
  const role = /^gen_ai\.(system|user|assistant|tool)\.message$/.exec(name)?.[1];
  if (role !== undefined) return { sent: [eventMessage(attributes, role)], answered: [] };
  if (name === 'gen_ai.choice') return { sent: [], answered: [eventMessage(attributes, 'assistant')] };
  return { sent: [], answered: [] };
}

/** Whether an event tells of messages. */
export function isMessageEvent(name: string): boolean {
  return /^gen_ai\.(?:client\.inference\.operation\.details|content\.(?:prompt|completion)|(?:system|user|assistant|tool)\.message|choice)$/.test(
    name,
  );
}

export function joinedExchanges(exchanges: readonly Exchange[]): Exchange {
  return {
    sent: exchanges.flatMap(({ sent }) => sent),
    answered: exchanges.flatMap(({ answered }) => answered),
  };
}

function isEmpty({ sent, answered }: Exchange): boolean {
  return sent.length === 0 && answered.length === 0;
}

function withSystem(attributes: Attributes, { sent, answered }: Exchange): Exchange {
  const instructions = parsedOf(attributes.get('gen_ai.system_instructions'));
  if (isEmpty({ sent, answered }) || instructions === undefined) return { sent, answered };
  const content = Array.isArray(instructions) ? { parts: instructions } : { content: instructions };
  return { sent: [{ role: 'system', ...content }, ...sent], answered };
}

/** A list of messages, as JSON or structured, or the text of one. */
function messagesIn(value: unknown, role: string | null = null): readonly unknown[] {
  const parsed = parsedOf(value);
  if (Array.isArray(parsed)) return parsed;
  const only = objectOf(parsed);
  if (only !== null && ('role' in only || 'content' in only || 'parts' in only)) return [only];
  const text = textOf(value);
  return text === null || role === null ? [] : [{ role, content: text }];
}

function eventMessage(attributes: Attributes, role: string): unknown {
  const body = objectOf(parsedOf(attributes.get('gen_ai.event.content') ?? attributes.get('body')));
  const fields: JsonObject = body ?? {
    ...Object.fromEntries(attributes),
    tool_calls: parsedOf(attributes.get('tool_calls')),
  };
  const message = parsedOf(fields.message);
  if (typeof message === 'string') return { role, content: message };
  return { role, ...(objectOf(message) ?? fields) };
}

function assistant(entry: Attributes): unknown {
  return { role: 'assistant', ...Object.fromEntries(entry) };
}
