import type { ChatModel, ChatPrices, ChatUsage } from '../ports/chat-model.ts';

/** Tokens that a request has beyond its text: what providers put around messages and tools. */
const overhead = 2_000;

/**
 * The most that a call can cost, in millionths of a US dollar: no tokenizer makes more tokens of a text than it has bytes.
 * @param bytes of the request
 */
export function mostMicroUsd(
  bytes: number,
  outputTokens: number,
  { prices, window }: Pick<ChatModel, 'prices' | 'window'>,
): number {
  const inputTokens = Math.min(window, bytes + overhead);
  return microUsdOf({ inputTokens, cachedInputTokens: 0, outputTokens }, prices);
}

/** What an answer costs, in millionths of a US dollar: prices are dollars for a million tokens. */
export function microUsdOf({ inputTokens, cachedInputTokens, outputTokens }: ChatUsage, prices: ChatPrices): number {
  const cached = Math.min(cachedInputTokens, inputTokens);
  return Math.ceil((inputTokens - cached) * prices.input + cached * prices.cachedInput + outputTokens * prices.output);
}
