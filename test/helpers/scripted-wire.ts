import { z } from 'zod';
import type { ChatMessage, ChatRequest } from '../../shared/ports/chat-model.ts';
import { openAiResponse } from '../contract/openai-wire.ts';
import type { RecordedResponse, SeenRequest } from './chat-server.ts';
import { countTokens, type Line, turnOf } from './scripted-chat.ts';

/** What a script says: a line, or what happens in place of an answer. */
export type WireLine = Line | 'throttles' | 'drops-the-connection';

const callSchema = z.object({ id: z.string(), function: z.object({ name: z.string(), arguments: z.string() }) });
const bodySchema = z.object({
  messages: z.array(
    z.object({
      role: z.enum(['system', 'user', 'assistant', 'tool']),
      content: z.string().nullable(),
      tool_calls: z.array(callSchema).optional(),
      tool_call_id: z.string().optional(),
    }),
  ),
});

/** A script of a conversation spoken over OpenAI's protocol: the same that a scripted chat model takes. */
export function scriptedWire(
  script: (request: ChatRequest, turn: number) => WireLine,
): (request: SeenRequest) => RecordedResponse {
  return ({ body }) => {
    const request = requestIn(body);
    const line = script(request, turnOf(request));
    if (typeof line === 'string') return openAiResponse({ kind: line });
    const { text = '', calls = [], end } = line;
    if (end === 'length') return openAiResponse({ kind: 'is-cut-off', text });
    const usage = { inputTokens: countTokens(request.messages), cachedInputTokens: 0, outputTokens: countTokens(line) };
    if (calls.length === 0) return openAiResponse({ kind: 'answers', text, usage });
    return openAiResponse({
      kind: 'calls',
      text,
      calls: calls.map(([name, given], at) => ({
        id: `call-${at}`,
        name,
        arguments: typeof given === 'string' ? given : JSON.stringify(given),
      })),
    });
  };
}

function requestIn(body: string): ChatRequest {
  const messages = bodySchema.parse(JSON.parse(body)).messages.map((message): ChatMessage => {
    const text = message.content ?? '';
    if (message.role === 'tool') return { role: 'tool', callId: message.tool_call_id ?? '', text, failed: false };
    if (message.role !== 'assistant') return { role: message.role, text };
    const toolCalls = (message.tool_calls ?? []).map(({ id, function: of }) => ({ id, ...of }));
    return { role: 'assistant', text, toolCalls };
  });
  const rest = {
    tools: [],
    toolChoice: 'auto',
    schema: null,
    maxOutputTokens: 1_000,
    temperature: 0,
    seed: null,
  } as const;
  return { ...rest, messages };
}
