import type { ChatRequest } from '../ports/chat-model.ts';

/** What a model counted for a request of so many bytes. */
export interface Measured {
  readonly tokens: number;
  readonly bytes: number;
}

/** Tokens a byte before the model has counted any. */
const usualRate = 1 / 3;

/** Bytes of all that a request says, in UTF-8. No tokenizer makes more tokens of it than it has bytes. */
export function requestBytes({ messages, tools }: Pick<ChatRequest, 'messages' | 'tools'>): number {
  return Buffer.byteLength(JSON.stringify([messages, tools]));
}

/** Tokens of so many bytes, at the rate that the model's own usage tells. */
export function tokensOf(bytes: number, measured: Measured | null): number {
  const rate = measured === null ? usualRate : Math.min(1, Math.max(0.05, measured.tokens / measured.bytes));
  return Math.ceil(bytes * rate);
}
