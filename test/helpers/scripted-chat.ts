import type { ChatAnswer, ChatModel, ChatRequest, ChatToolCall } from '../../shared/ports/chat-model.ts';

/** What a script says: text, and calls of tools by name with their arguments. */
export interface Line {
  readonly text?: string;
  readonly calls?: readonly (readonly [name: string, given: unknown])[];
  readonly end?: ChatAnswer['end'];
}

export interface ScriptedChat extends ChatModel {
  readonly requests: readonly ChatRequest[];
}

/** Tokens as the scripted model counts them. */
export function countTokens(value: unknown): number {
  return Math.ceil(Buffer.byteLength(JSON.stringify(value)) / 4);
}

/**
 * A chat model that says what a function of the request says, so that it answers the same request the same way in every
 * process. Its usage is counted of what it is asked.
 * @param turnOf what it is told beside the request: the turn, of which the calls' ids tell
 */
export function scriptedChat(
  script: (request: ChatRequest, turn: number) => Line | Promise<Line>,
  options: { readonly window?: number; readonly price?: number } = {},
): ScriptedChat {
  const requests: ChatRequest[] = [];
  const price = options.price ?? 1;
  return {
    name: 'scripted',
    window: options.window ?? 32_000,
    prices: { input: price, cachedInput: price / 10, output: 4 * price },
    requests,
    async answer(request) {
      requests.push(request);
      const { text = '', calls = [], end } = await script(request, turnOf(request));
      const toolCalls = calls.map(([name, given], at): ChatToolCall => {
        return { id: `call-${at}`, name, arguments: typeof given === 'string' ? given : JSON.stringify(given) };
      });
      return {
        text,
        toolCalls,
        end: end ?? (toolCalls.length > 0 ? 'tool-calls' : 'stop'),
        usage: {
          inputTokens: countTokens([request.messages, request.tools]),
          cachedInputTokens: 0,
          outputTokens: Math.min(request.maxOutputTokens, countTokens([text, toolCalls])),
        },
      };
    },
  };
}

/** How many turns the agent has taken, by the ids of its last calls; 0 before the first. */
export function turnOf({ messages }: ChatRequest): number {
  const last = messages.findLast((message) => message.role === 'assistant' && message.toolCalls.length > 0);
  const id = last?.role === 'assistant' ? (last.toolCalls[0]?.id ?? '') : '';
  return Number(/^t(\d+)-/.exec(id)?.[1] ?? 0);
}
