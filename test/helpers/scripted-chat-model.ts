import { RatchetError } from '../../shared/domain/base/errors.ts';
import type { ChatAnswer, ChatModel, ChatRequest } from '../../shared/ports/chat-model.ts';

/** What a scripted model does with one request: it answers, throws, or works it out from what it is asked. */
export type ScriptedAnswer =
  | Partial<ChatAnswer>
  | RatchetError
  | ((request: ChatRequest, deadline: number) => ScriptedAnswer | Promise<ScriptedAnswer>);

/** A chat model in the process that goes by a script: one entry a request, the last again and again. */
export class ScriptedChatModel implements ChatModel {
  readonly name = 'scripted';
  readonly window: number;
  readonly prices = { input: 1, cachedInput: 0.1, output: 5 };
  /** What it was asked, in order. */
  readonly asked: ChatRequest[] = [];
  #script: readonly ScriptedAnswer[];

  constructor(script: readonly ScriptedAnswer[], { window = 8_192 }: { readonly window?: number } = {}) {
    this.#script = script;
    this.window = window;
  }

  play(script: readonly ScriptedAnswer[]): void {
    this.#script = script;
    this.asked.length = 0;
  }

  async answer(request: ChatRequest, deadline: number): Promise<ChatAnswer> {
    let entry = this.#script[Math.min(this.asked.length, this.#script.length - 1)];
    this.asked.push(request);
    while (typeof entry === 'function') entry = await entry(request, deadline);
    if (entry === undefined) throw new Error('the script is empty');
    if (entry instanceof RatchetError) throw entry;
    const text = entry.text ?? '';
    const toolCalls = entry.toolCalls ?? [];
    const inputTokens = Math.ceil(JSON.stringify(request.messages).length / 4);
    const usage = { inputTokens, cachedInputTokens: 0, outputTokens: Math.ceil(text.length / 4) };
    return { text, toolCalls, end: toolCalls.length > 0 ? 'tool-calls' : 'stop', usage, ...entry };
  }
}
