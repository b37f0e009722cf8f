import type OpenAI from 'openai';
import type { ChatMessage, ChatRequest } from '../../ports/chat-model.ts';

/** What differs between endpoints that speak the same protocol. */
export interface OpenAiDialect {
  readonly model: string;
  /** What the endpoint calls the most tokens of an answer; OpenAI's own reasoning models know the newer name alone. */
  readonly limitField: 'max_tokens' | 'max_completion_tokens';
  /** Whether the model takes a temperature. */
  readonly temperature: boolean;
}

/** A request as `POST …/chat/completions` takes it. */
export function openAiRequest(
  request: ChatRequest,
  { model, limitField, temperature }: OpenAiDialect,
): OpenAI.ChatCompletionCreateParamsNonStreaming {
  const { messages, tools, toolChoice, schema, seed } = request;
  return {
    model,
    messages: messages.map(openAiMessage),
    [limitField]: request.maxOutputTokens,
    ...(temperature ? { temperature: request.temperature } : {}),
    ...(seed === null ? {} : { seed }),
    ...(tools.length === 0
      ? {}
      : {
          tools: tools.map(({ name, description, parameters }) => ({
            type: 'function',
            function: { name, description, parameters },
          })),
          tool_choice:
            typeof toolChoice === 'string' ? toolChoice : { type: 'function', function: { name: toolChoice.tool } },
        }),
    ...(schema === null
      ? {}
      : {
          response_format: {
            type: 'json_schema',
            json_schema: { name: schema.name, schema: { ...schema.schema }, strict: isStrict(schema.schema) },
          },
        }),
  };
}

function openAiMessage(message: ChatMessage): OpenAI.ChatCompletionMessageParam {
  switch (message.role) {
    case 'system':
    case 'user':
      return { role: message.role, content: message.text };
    case 'tool':
      // The protocol has no mark for a tool that failed.
      return {
        role: 'tool',
        tool_call_id: message.callId,
        content: message.failed ? `The tool failed: ${message.text}` : message.text,
      };
    case 'assistant': {
      const { text, toolCalls } = message;
      if (toolCalls.length === 0) return { role: 'assistant', content: text };
      return {
        role: 'assistant',
        content: text === '' ? null : text,
        tool_calls: toolCalls.map(({ id, name, arguments: args }) => ({
          id,
          type: 'function',
          function: { name, arguments: args },
        })),
      };
    }
  }
}

/**
 * Whether a model can be held to the schema to the letter, as OpenAI defines it: each object names all its properties as
 * required and allows no others. With another schema `strict` would be refused.
 */
function isStrict(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.every(isStrict);
  if (typeof schema !== 'object' || schema === null) return true;
  const entries = Object.entries(schema);
  if (!entries.every(([, value]) => isStrict(value))) return false;
  const part = Object.fromEntries(entries);
  if (typeof part.properties !== 'object' || part.properties === null) return part.type !== 'object';
  const required: readonly unknown[] = Array.isArray(part.required) ? part.required : [];
  return part.additionalProperties === false && Object.keys(part.properties).every((name) => required.includes(name));
}
