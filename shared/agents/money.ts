import type { ChatPrices, ChatUsage } from '../ports/chat-model.ts';

/** What an answer costs, in millionths of a US dollar: prices are dollars for a million tokens. */
export function microUsdOf({ inputTokens, cachedInputTokens, outputTokens }: ChatUsage, prices: ChatPrices): number {
  const cached = Math.min(cachedInputTokens, inputTokens);
  return Math.ceil((inputTokens - cached) * prices.input + cached * prices.cachedInput + outputTokens * prices.output);
}
