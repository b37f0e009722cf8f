import type {
  ContentBlock,
  ConverseCommandInput,
  Message,
  SystemContentBlock,
  Tool,
  ToolChoice,
} from '@aws-sdk/client-bedrock-runtime';
import { type Json, jsonSchema } from '../../domain/base/json.ts';
import type { ChatMessage, ChatRequest, ChatToolCall } from '../../ports/chat-model.ts';

/** What differs between the models of Bedrock. */
export interface BedrockDialect {
  /** Id of a model or of an inference profile, or an ARN. */
  readonly model: string;
  /** Whether the model takes a temperature. */
  readonly temperature: boolean;
  /** Whether it keeps what it has read: system and tools, and the conversation so far, are then marked for it. */
  readonly promptCaching: boolean;
}

const cachePoint = { cachePoint: { type: 'default' } } as const;

/** A request as Converse takes it: system apart, user and assistant in turns, results of tools in the user's. */
export function bedrockRequest(
  request: ChatRequest,
  { model, temperature, promptCaching }: BedrockDialect,
): ConverseCommandInput {
  const { messages, schema, maxOutputTokens } = request;
  const system = messages.flatMap((message): SystemContentBlock[] =>
    message.role === 'system' && message.text !== '' ? [{ text: message.text }] : [],
  );
  const turns = inTurns(messages);
  const tools = toolsOf(request);
  return {
    modelId: model,
    ...(system.length === 0 ? {} : { system: promptCaching ? [...system, cachePoint] : system }),
    messages: promptCaching ? turns.map((turn, at) => (at === turns.length - 1 ? cached(turn) : turn)) : turns,
    inferenceConfig: {
      maxTokens: maxOutputTokens,
      ...(temperature ? { temperature: request.temperature } : {}),
    },
    ...(tools.length === 0 ? {} : { toolConfig: { tools: [...tools], ...toolChoiceOf(request) } }),
    ...(schema === null
      ? {}
      : {
          outputConfig: {
            textFormat: {
              type: 'json_schema',
              structure: { jsonSchema: { name: schema.name, schema: JSON.stringify(schema.schema) } },
            },
          },
        }),
  };
}

function cached(turn: Message): Message {
  return { ...turn, content: [...(turn.content ?? []), cachePoint] };
}

/** Messages of one side that follow each other are one turn: Converse takes no two. */
function inTurns(messages: readonly ChatMessage[]): Message[] {
  const turns: { role: 'user' | 'assistant'; content: ContentBlock[] }[] = [];
  for (const message of messages) {
    if (message.role === 'system') continue;
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const blocks = blocksOf(message);
    const last = turns.at(-1);
    if (last?.role === role) last.content.push(...blocks);
    else if (blocks.length > 0) turns.push({ role, content: blocks });
  }
  return turns;
}

/** Converse refuses a block of blank text. */
function blocksOf(message: ChatMessage): ContentBlock[] {
  if (message.role === 'tool') {
    const text = isBlank(message.text) ? '(nothing)' : message.text;
    // Only some models take a status, so that it is sent where it says something.
    const status = message.failed ? { status: 'error' as const } : {};
    return [{ toolResult: { toolUseId: message.callId, content: [{ text }], ...status } }];
  }
  const text = isBlank(message.text) ? [] : [{ text: message.text }];
  if (message.role !== 'assistant') return text;
  return [
    ...text,
    ...message.toolCalls.map(({ id, name, arguments: args }) => ({
      toolUse: { toolUseId: id, name, input: asObject(args) },
    })),
  ];
}

function isBlank(text: string): boolean {
  return text.trim() === '';
}

/** A call's arguments as an object, which Converse asks for also where the model wrote none. */
function asObject(args: string): { [key: string]: Json } {
  try {
    const read = jsonSchema.parse(JSON.parse(args));
    if (typeof read === 'object' && read !== null && !Array.isArray(read)) return read;
  } catch {
    // What the model wrote is told back to it as it is.
  }
  return { unreadable: args };
}

/**
 * Tools that may be called, and in a conversation with calls also those that are not offered any more: without them
 * Converse refuses the conversation.
 */
function toolsOf({ messages, tools, toolChoice }: ChatRequest): readonly Tool[] {
  const called = messages.flatMap((message): readonly ChatToolCall[] =>
    message.role === 'assistant' ? message.toolCalls : [],
  );
  if (toolChoice === 'none' && called.length === 0) return [];
  const former = new Set(called.map(({ name }) => name)).difference(new Set(tools.map(({ name }) => name)));
  return [
    ...tools.map(({ name, description, parameters }) => ({
      toolSpec: { name, description, inputSchema: { json: { ...parameters } } },
    })),
    ...[...former].map((name) => ({
      toolSpec: { name, description: 'Not to be called any more.', inputSchema: { json: { type: 'object' } } },
    })),
  ];
}

function toolChoiceOf({ toolChoice }: ChatRequest): { toolChoice?: ToolChoice } {
  return typeof toolChoice === 'string' ? {} : { toolChoice: { tool: { name: toolChoice.tool } } };
}
