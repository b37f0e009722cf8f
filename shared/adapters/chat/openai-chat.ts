import OpenAI from 'openai';
import type { ChatAnswer, ChatModel, ChatPrices, ChatRequest } from '../../ports/chat-model.ts';
import type { Clock } from '../../ports/clock.ts';
import { openAiAnswer } from './openai-answer.ts';
import { isFilteredPrompt, openAiFault } from './openai-fault.ts';
import { type OpenAiDialect, openAiRequest } from './openai-request.ts';
import { withinDeadline } from './within-deadline.ts';

export interface OpenAiChatOptions extends OpenAiDialect {
  /** Up to and including `/v1`. */
  readonly url: string;
  /** Null for an endpoint that asks for none. */
  readonly key: string | null;
  readonly window: number;
  readonly prices: ChatPrices;
  /** How often a request that was throttled or not answered is tried again. */
  readonly retries: number;
  readonly clock: Clock;
}

/** A chat model behind any endpoint that speaks OpenAI's protocol: Ollama, vLLM, llama.cpp, Tinker, OpenAI. */
export function createOpenAiChat(options: OpenAiChatOptions): ChatModel {
  const { url, key, model, window, prices, retries, clock } = options;
  const client = new OpenAI({
    baseURL: url,
    // The client wants one, and reads others of its settings from the environment unless it is told.
    apiKey: key ?? 'none',
    organization: null,
    project: null,
    maxRetries: retries,
    logLevel: 'off',
  });
  return {
    name: model,
    window,
    prices,
    async answer(request: ChatRequest, deadline: number): Promise<ChatAnswer> {
      const body = openAiRequest(request, options);
      try {
        const given = await withinDeadline(deadline, clock, (signal, timeout) =>
          client.chat.completions.create(body, { signal, timeout }),
        );
        return openAiAnswer(given, JSON.stringify(body).length);
      } catch (error) {
        if (isFilteredPrompt(error)) return filtered;
        throw openAiFault(error, key);
      }
    },
  };
}

const filtered: ChatAnswer = {
  text: '',
  toolCalls: [],
  end: 'filtered',
  usage: { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0 },
};
