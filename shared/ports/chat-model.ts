import type { Json } from '../domain/base/json.ts';

/** A JSON Schema object. */
export type JsonSchema = { readonly [key: string]: Json };

export interface ChatTool {
  /** Letters, digits, `_` and `-`, at most 64: what every provider takes. */
  readonly name: string;
  readonly description: string;
  readonly parameters: JsonSchema;
}

export interface ChatToolCall {
  readonly id: string;
  readonly name: string;
  /** As the model wrote them: JSON text that nobody has checked, often not even JSON. */
  readonly arguments: string;
}

export type ChatMessage =
  | { readonly role: 'system' | 'user'; readonly text: string }
  | { readonly role: 'assistant'; readonly text: string; readonly toolCalls: readonly ChatToolCall[] }
  | { readonly role: 'tool'; readonly callId: string; readonly text: string; readonly failed: boolean };

export interface ChatRequest {
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ChatTool[];
  /** `auto`: text or tools; `none`: text alone; else the name of the one tool that must be called. */
  readonly toolChoice: 'auto' | 'none' | { readonly tool: string };
  /** The answer's text must be JSON of this schema, as far as the model can be held to it; null for plain text. */
  readonly schema: { readonly name: string; readonly schema: JsonSchema } | null;
  readonly maxOutputTokens: number;
  readonly temperature: number;
  /** For models that take one; null where it does not matter. */
  readonly seed: number | null;
}

export interface ChatUsage {
  /** All tokens read, cached ones among them. */
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
}

export interface ChatAnswer {
  readonly text: string;
  readonly toolCalls: readonly ChatToolCall[];
  /**
   * Why it ended: of itself, to call tools, for want of tokens (its JSON may be cut off), or refused by a filter, be it
   * for what was asked. Tools may be named that were never offered, and an answer may be empty.
   */
  readonly end: 'stop' | 'tool-calls' | 'length' | 'filtered';
  readonly usage: ChatUsage;
}

/** US dollars for a million tokens. Where a provider asks more for what it writes to its cache, `input` is that price. */
export interface ChatPrices {
  readonly input: number;
  readonly cachedInput: number;
  readonly output: number;
}

/** What was used, in US dollars. */
export function costOf(usage: ChatUsage, prices: ChatPrices): number {
  const { inputTokens, cachedInputTokens, outputTokens } = usage;
  const read = (inputTokens - cachedInputTokens) * prices.input + cachedInputTokens * prices.cachedInput;
  return (read + outputTokens * prices.output) / 1e6;
}

/** Whether it is known what the model costs; without prices all is counted as free. */
export function isPriced({ prices }: Pick<ChatModel, 'prices'>): boolean {
  return prices.input > 0 || prices.cachedInput > 0 || prices.output > 0;
}

/** A language model that chats. It keeps nothing between two requests. */
export interface ChatModel {
  /** What it is called where it is served. */
  readonly name: string;
  /** Tokens that request and answer may have together. */
  readonly window: number;
  readonly prices: ChatPrices;
  /**
   * One answer. What may be tried again (throttling, an overloaded or unreachable server) was, within the deadline.
   * @param deadline milliseconds since the epoch
   * @throws RatchetError ChatUnavailable: nobody answers, now; ChatRefused: the request itself is not taken, such as a
   * wrong key, an unknown model or an invalid schema; ChatTooLong: more than the window holds
   */
  answer(request: ChatRequest, deadline: number): Promise<ChatAnswer>;
}
