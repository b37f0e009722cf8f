import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SystemClock } from '../../shared/adapters/local/system-clock.ts';
import { createChatModel } from '../../shared/composition/create-chat-model.ts';
import { type ChatConfiguration, chatConfigurationSchema } from '../../shared/domain/base/chat-configuration.ts';
import type { ChatModel } from '../../shared/ports/chat-model.ts';
import { chatRequest, weatherTool } from '../helpers/chat-samples.ts';
import { type Emulator, startEmulator } from '../helpers/emulator.ts';
import { rejection } from '../helpers/rejection.ts';
import { notInstalled, type RealChatServer, startRealChatServer } from './real-chat-server.ts';

const soon = () => Date.now() + 120_000;
const clock = new SystemClock();
const modelOf = (configuration: unknown, key: string | null = null): ChatModel => {
  const parsed: ChatConfiguration = chatConfigurationSchema.parse(configuration);
  return createChatModel(parsed, { clock, key: async () => key });
};
const verdict = {
  name: 'verdict',
  schema: {
    type: 'object',
    properties: { verdict: { enum: ['pass', 'fail'] }, reason: { type: 'string', maxLength: 40 } },
    required: ['verdict', 'reason'],
    additionalProperties: false,
  },
};

if (notInstalled !== null) console.warn(`Passed over: ${notInstalled}`);

/** What can be asked of the smallest of models: that it speaks the protocol, not that it is right. */
describe.skipIf(notInstalled !== null)('SmolLM2-135M-Instruct', () => {
  let server: RealChatServer;
  beforeAll(async () => {
    server = await startRealChatServer();
  });
  afterAll(() => server?.stop());

  describe('behind OpenAI’s protocol', () => {
    const model = (key: string | null = null) =>
      modelOf({ provider: 'openai', url: `${server.url}/v1`, model: 'smollm2', window: 2_048, retries: 0 }, key);

    it('answers, counts its tokens, and says the same again', async () => {
      const first = await model().answer(chatRequest({ maxOutputTokens: 24, seed: 1 }), soon());
      expect(first.text.trim()).not.toBe('');
      expect(first.usage.inputTokens).toBeGreaterThan(10);
      expect(first.usage.outputTokens).toBeGreaterThan(0);
      expect(first.usage.outputTokens).toBeLessThanOrEqual(24);
      expect(await model().answer(chatRequest({ maxOutputTokens: 24, seed: 1 }), soon())).toEqual(first);
    });

    it('holds to a schema, by its own means and by way of a tool', async () => {
      const request = chatRequest({ schema: verdict, maxOutputTokens: 80 });
      const byTool = modelOf({ provider: 'openai', url: `${server.url}/v1`, model: 'smollm2', schema: 'tool' });
      for (const way of [model(), byTool]) {
        const answer = await way.answer(request, soon());
        expect(answer.end).toBe('stop');
        expect(['pass', 'fail']).toContain(JSON.parse(answer.text).verdict);
      }
    });

    it('calls the tool that it must, with arguments of its schema', async () => {
      const request = chatRequest({ tools: [weatherTool], toolChoice: { tool: 'get_weather' } });
      const { toolCalls, end } = await model().answer(request, soon());
      expect(end).toBe('tool-calls');
      expect(toolCalls.map(({ name }) => name)).toEqual(['get_weather']);
      expect(JSON.parse(toolCalls[0]?.arguments ?? '')).toEqual({ city: expect.any(String) });
    });

    it('says where it was cut off', async () => {
      const messages = [{ role: 'user', text: 'Write ten sentences about the sea.' }] as const;
      expect((await model().answer(chatRequest({ messages, maxOutputTokens: 5 }), soon())).end).toBe('length');
    });

    it('refuses a wrong key, and what is longer than its window', async () => {
      expect((await rejection(model('wrong').answer(chatRequest(), soon()))).name).toBe('ChatRefused');
      const messages = [{ role: 'user', text: 'sea '.repeat(4_000) }] as const;
      expect((await rejection(model().answer(chatRequest({ messages }), soon()))).name).toBe('ChatTooLong');
    });

    it('is given up at the deadline', async () => {
      const messages = [{ role: 'user', text: 'Write a long story about the sea.' }] as const;
      const asked = model().answer(chatRequest({ messages, maxOutputTokens: 200 }), Date.now() + 200);
      expect((await rejection(asked)).name).toBe('ChatUnavailable');
    });
  });

  describe('behind Bedrock’s Converse, by the emulator', () => {
    let emulator: Emulator;
    beforeAll(async () => {
      emulator = await startEmulator({ MINISTACK_BEDROCK_PROXY_URL: server.url });
      Object.assign(process.env, emulator.env);
    });
    afterAll(() => emulator?.stop());

    const bedrock = (changed: object = {}) =>
      modelOf({
        provider: 'bedrock',
        model: 'anthropic.claude-3-5-sonnet-20240620-v1:0',
        url: emulator.endpoint,
        region: 'us-east-1',
        retries: 0,
        ...changed,
      });

    it('answers with the real model, and says the same again', async () => {
      const first = await bedrock().answer(chatRequest({ maxOutputTokens: 24 }), soon());
      // Canned text would say that nothing listens at the proxy's address.
      expect(first.text).not.toContain('[ministack mock');
      expect(first.text.trim()).not.toBe('');
      expect(first.usage.outputTokens).toBeGreaterThan(0);
      expect(await bedrock().answer(chatRequest({ maxOutputTokens: 24 }), soon())).toEqual(first);
    });

    it('calls the tool that it must, and so holds to a schema', async () => {
      const request = chatRequest({ schema: verdict, maxOutputTokens: 80 });
      const answer = await bedrock({ schema: 'tool' }).answer(request, soon());
      expect(answer.end).toBe('stop');
      expect(['pass', 'fail']).toContain(JSON.parse(answer.text).verdict);
    });
  });
});
