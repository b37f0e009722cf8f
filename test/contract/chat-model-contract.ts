import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChatModel, ChatToolCall, ChatUsage } from '../../shared/ports/chat-model.ts';
import { chatRequest, conversationWithTools, weatherTool } from '../helpers/chat-samples.ts';
import { rejection } from '../helpers/rejection.ts';

/** What the other side does with one request. */
export type ChatEvent =
  | { readonly kind: 'answers'; readonly text: string; readonly usage?: ChatUsage }
  | { readonly kind: 'calls'; readonly text: string; readonly calls: readonly ChatToolCall[] }
  | { readonly kind: 'is-cut-off'; readonly text: string }
  | {
      readonly kind:
        | 'says-nothing'
        | 'filters-its-answer'
        | 'throttles'
        | 'is-overloaded'
        | 'fails'
        | 'finds-it-invalid'
        | 'finds-it-too-long'
        | 'knows-no-such-key'
        | 'knows-no-such-model'
        | 'hangs'
        | 'drops-the-connection';
    };

/** A chat model with the other side under control. */
export interface ChatHarness {
  readonly model: ChatModel;
  /** One that nobody listens to. */
  readonly unreachable: ChatModel;
  /** What happens to the next requests, the last again and again. */
  play(...events: readonly ChatEvent[]): void;
  /** The requests that the other side has seen, as text. */
  seen(): readonly string[];
  close(): Promise<void>;
}

/** The key that models under this contract have, so that no message may repeat it. */
export const secretKey = 'sk-very-secret-0123456789';

/** What every chat model does, whatever it speaks. */
export function chatModelContract(name: string, create: () => Promise<ChatHarness>): void {
  describe(`${name} as a chat model`, () => {
    let harness: ChatHarness;
    beforeAll(async () => {
      harness = await create();
    });
    afterAll(() => harness.close());

    const soon = () => Date.now() + 20_000;
    const ask = (changed: Parameters<typeof chatRequest>[0] = {}) => harness.model.answer(chatRequest(changed), soon());
    const fault = async (deadline = soon()) => {
      const error = await rejection(harness.model.answer(chatRequest(), deadline));
      expect(error.message).not.toContain(secretKey);
      return error.name;
    };

    it('gives the text, and all tokens read with the cached ones among them', async () => {
      const usage = { inputTokens: 120, cachedInputTokens: 100, outputTokens: 7 };
      harness.play({ kind: 'answers', text: 'Paris.\n„Paris“ 🗼', usage });
      expect(await ask()).toEqual({ text: 'Paris.\n„Paris“ 🗼', toolCalls: [], end: 'stop', usage });
      const [seen] = harness.seen();
      for (const text of ['You are brief.', 'What is the capital of France?']) expect(seen).toContain(text);
    });

    it('gives calls of tools in order, also of tools that were never offered', async () => {
      const calls = [
        { id: 'call-1', name: 'get_weather', arguments: '{"city":"Paris"}' },
        { id: 'call-2', name: 'delete_everything', arguments: '{"sure":true,"how":{"deep":[1,2]}}' },
      ];
      harness.play({ kind: 'calls', text: 'I look.', calls });
      const answer = await ask({ tools: [weatherTool] });
      expect(answer).toMatchObject({ text: 'I look.', toolCalls: calls, end: 'tool-calls' });
      expect(harness.seen()[0]).toContain('get_weather');
    });

    it('goes on after calls of tools with what came of them, be it nothing or a failure', async () => {
      harness.play({ kind: 'answers', text: 'Mild.' });
      expect((await ask({ messages: conversationWithTools, tools: [weatherTool] })).text).toBe('Mild.');
      for (const text of ['21 degrees', 'arguments cannot be read', 'call-b'])
        expect(harness.seen()[0]).toContain(text);
    });

    it('goes on with a conversation whose tools are no longer offered', async () => {
      harness.play({ kind: 'answers', text: 'Mild.' });
      expect((await ask({ messages: conversationWithTools, toolChoice: 'none' })).end).toBe('stop');
    });

    it('says that an answer was cut off, and gives what there is of it', async () => {
      harness.play({ kind: 'is-cut-off', text: '{"verdict":"pa' });
      const schema = { name: 'verdict', schema: { type: 'object' } };
      expect(await ask({ schema })).toMatchObject({ text: '{"verdict":"pa', end: 'length' });
    });

    it('gives an empty answer as one', async () => {
      harness.play({ kind: 'says-nothing' });
      expect(await ask()).toMatchObject({ text: '', toolCalls: [], end: 'stop' });
    });

    it('says that a filter refused', async () => {
      harness.play({ kind: 'filters-its-answer' });
      expect(await ask()).toMatchObject({ toolCalls: [], end: 'filtered' });
    });

    it.each(['throttles', 'is-overloaded', 'fails'] as const)('asks again when the other side %s', async (kind) => {
      harness.play({ kind }, { kind: 'answers', text: 'At last.' });
      expect((await ask()).text).toBe('At last.');
      expect(harness.seen()).toHaveLength(2);
    });

    it.each(['throttles', 'is-overloaded'] as const)(
      'gives up when the other side %s again and again',
      async (kind) => {
        harness.play({ kind });
        expect(await fault()).toBe('ChatUnavailable');
        expect(harness.seen().length).toBeGreaterThan(1);
      },
    );

    it.each([
      ['finds-it-invalid', 'ChatRefused'],
      ['knows-no-such-key', 'ChatRefused'],
      ['knows-no-such-model', 'ChatRefused'],
      ['finds-it-too-long', 'ChatTooLong'],
    ] as const)('does not ask again when the other side %s: %s', async (kind, name) => {
      harness.play({ kind });
      expect(await fault()).toBe(name);
      expect(harness.seen()).toHaveLength(1);
    });

    it('is unavailable when the connection breaks in the middle of an answer', async () => {
      harness.play({ kind: 'drops-the-connection' });
      expect(await fault()).toBe('ChatUnavailable');
    });

    it('is unavailable where nobody listens', async () => {
      const error = await rejection(harness.unreachable.answer(chatRequest(), soon()));
      expect(error.name).toBe('ChatUnavailable');
    });

    it('asks nothing after the deadline', async () => {
      harness.play({ kind: 'answers', text: 'Too late.' });
      expect(await fault(Date.now() - 1)).toBe('ChatUnavailable');
      expect(harness.seen()).toHaveLength(0);
    });

    it('keeps nothing between two requests', async () => {
      harness.play({ kind: 'answers', text: 'One.' });
      await ask({ messages: [{ role: 'user', text: 'first question' }] });
      await ask({ messages: [{ role: 'user', text: 'second question' }] });
      expect(harness.seen()[1]).not.toContain('first question');
    });

    // The last one: what was given up on may reach the other side late, and would be counted there.
    it('waits no longer than until the deadline, neither for an answer nor to ask again', async () => {
      harness.play({ kind: 'hangs' });
      expect(await fault(Date.now() + 300)).toBe('ChatUnavailable');
      harness.play({ kind: 'throttles' });
      expect(await fault(Date.now() + 20)).toBe('ChatUnavailable');
    });
  });
}
