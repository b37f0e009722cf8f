import { flatten, numbered } from './flatten.ts';
import type { Exchange } from './genai-messages.ts';
import type { Attributes } from './span.ts';
import { listOf, objectOf, parsedOf, textOf } from './untrusted.ts';

/**
 * The messages of a span by OpenInference: `llm.input_messages.0.message.role` …, else the prompts and choices of a
 * completion, else `input.value` and `output.value`.
 *
 * By Arize-ai/openinference, `spec/semantic_conventions.md` (at 00e2b51).
 */
export function openInferenceExchange(attributes: Attributes): Exchange {
  return { sent: sentIn(attributes), answered: answeredIn(attributes) };
}

function sentIn(attributes: Attributes): readonly unknown[] {
  const messages = messagesIn(attributes, 'llm.input_messages');
  if (messages.length > 0) return messages;
  const prompts = numbered(attributes, 'llm.prompts').map((prompt) => user(prompt.get('prompt.text')));
  return prompts.length > 0 ? prompts : valueIn(attributes, 'input', 'user');
}

function answeredIn(attributes: Attributes): readonly unknown[] {
  const messages = messagesIn(attributes, 'llm.output_messages');
  if (messages.length > 0) return messages.map((message) => ({ ...message, role: 'assistant' }));
  const [choice] = numbered(attributes, 'llm.choices');
  if (choice !== undefined) return [{ role: 'assistant', content: choice.get('completion.text') }];
  return valueIn(attributes, 'output', 'assistant');
}

function user(content: unknown): unknown {
  return { role: 'user', content };
}

/** What instrumentations write in the place of what they were told to hide. */
const redacted = '__REDACTED__';

/** `input.value` or `output.value`: a text, or JSON of a request that holds messages. */
function valueIn(attributes: Attributes, side: 'input' | 'output', role: string): readonly unknown[] {
  const value = attributes.get(`${side}.value`);
  if (value === undefined || value === redacted) return [];
  const messages = listOf(objectOf(parsedOf(value))?.messages);
  if (messages.length > 0) return messages;
  return [{ role, content: typeof value === 'string' ? value : String(value) }];
}

function messagesIn(attributes: Attributes, prefix: string): readonly Readonly<Record<string, unknown>>[] {
  return numbered(withParsed(attributes, prefix), prefix).map((message) => {
    const parts = numbered(message, 'message.contents');
    const calls = numbered(message, 'message.tool_calls');
    const content = message.get('message.content');
    return {
      role: message.get('message.role') ?? 'user',
      ...(content === undefined && parts.length > 0 ? { content: parts.map(partOf) } : { content: content ?? null }),
      ...(calls.length > 0 ? { tool_calls: calls.map(toolCallOf) } : {}),
      ...given('name', message.get('message.name')),
      ...given('tool_call_id', message.get('message.tool_call_id')),
    };
  });
}

/** Attributes with a list that stands as JSON under its own name, as some exporters leave it. */
function withParsed(attributes: Attributes, prefix: string): Attributes {
  const whole = attributes.get(prefix);
  return whole === undefined ? attributes : flatten([[prefix, parsedOf(whole)]]);
}

function partOf(part: Attributes): unknown {
  const type = part.get('message_content.type');
  if (type === 'tool_use') return { type: 'tool_use', ...functionOf(part, 'input') };
  const text = textOf(part.get('message_content.text')) ?? '';
  return type === 'reasoning' ? { type: 'thinking', thinking: text } : { type: type ?? 'text', text };
}

function toolCallOf(call: Attributes): unknown {
  return { id: call.get('tool_call.id'), type: 'function', function: functionOf(call, 'arguments') };
}

function functionOf(call: Attributes, argumentsName: string): Readonly<Record<string, unknown>> {
  return {
    name: call.get('tool_call.function.name'),
    [argumentsName]: call.get('tool_call.function.arguments'),
  };
}

function given(name: string, value: unknown): Readonly<Record<string, unknown>> {
  return value === undefined ? {} : { [name]: value };
}
