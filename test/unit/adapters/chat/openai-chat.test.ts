import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOpenAiChat } from '../../../../shared/adapters/chat/openai-chat.ts';
import { SystemClock } from '../../../../shared/adapters/local/system-clock.ts';
import { RatchetError } from '../../../../shared/domain/base/errors.ts';
import { chatRequest, conversationWithTools, weatherTool } from '../../../helpers/chat-samples.ts';
import { ChatServer } from '../../../helpers/chat-server.ts';
import { rejection } from '../../../helpers/rejection.ts';

const verdictSchema = {
  type: 'object',
  properties: { verdict: { enum: ['pass', 'fail'] } },
  required: ['verdict'],
  additionalProperties: false,
};

describe('an OpenAI-compatible chat model', () => {
  let server: ChatServer;
  beforeAll(async () => {
    server = await ChatServer.start();
  });
  afterAll(() => server.close());

  const chat = (changed: Partial<Parameters<typeof createOpenAiChat>[0]> = {}) =>
    createOpenAiChat({
      url: `${server.url}/v1`,
      key: 'k',
      model: 'small',
      window: 4_096,
      prices: { input: 0, cachedInput: 0, output: 0 },
      retries: 0,
      clock: new SystemClock(),
      limitField: 'max_tokens',
      temperature: true,
      ...changed,
    });
  const ask = (request = chatRequest(), model = chat()) => model.answer(request, Number.POSITIVE_INFINITY);
  const playText = (text: string) =>
    server.play({ status: 200, body: JSON.stringify({ choices: [{ message: { content: text } }] }) });
  const sent = (): unknown => JSON.parse(server.seen[0]?.body ?? 'null');

  it('sends what the protocol knows, and the key', async () => {
    playText('Paris');
    await ask(chatRequest({ seed: 7, temperature: 0.5 }));
    expect(sent()).toEqual({
      model: 'small',
      messages: [
        { role: 'system', content: 'You are brief.' },
        { role: 'user', content: 'What is the capital of France?' },
      ],
      max_tokens: 64,
      temperature: 0.5,
      seed: 7,
    });
    expect(server.seen[0]).toMatchObject({ path: '/v1/chat/completions', authorization: 'Bearer k' });
  });

  it('says it in the words of models that reason', async () => {
    playText('Paris');
    await ask(chatRequest(), chat({ limitField: 'max_completion_tokens', temperature: false }));
    expect(sent()).toMatchObject({ max_completion_tokens: 64 });
    expect(sent()).not.toHaveProperty('temperature');
    expect(sent()).not.toHaveProperty('max_tokens');
  });

  it('sends calls as the model wrote them, and says of a tool that it failed', async () => {
    playText('Mild.');
    await ask(
      chatRequest({ messages: conversationWithTools, tools: [weatherTool], toolChoice: { tool: 'get_weather' } }),
    );
    const call = (id: string, args: string) => ({
      id,
      type: 'function',
      function: { name: 'get_weather', arguments: args },
    });
    expect(sent()).toMatchObject({
      messages: [
        {},
        {},
        {
          role: 'assistant',
          content: null,
          tool_calls: [call('call-a', '{"city":"Paris"}'), call('call-b', '{"city":"Ro')],
        },
        { role: 'tool', tool_call_id: 'call-a', content: '21 degrees' },
        { role: 'tool', tool_call_id: 'call-b', content: 'The tool failed: arguments cannot be read' },
      ],
      tools: [{ type: 'function', function: weatherTool }],
      tool_choice: { type: 'function', function: { name: 'get_weather' } },
    });
  });

  it.each([
    ['is held to the letter of', verdictSchema, true],
    ['is led by', { ...verdictSchema, additionalProperties: true }, false],
    ['is led by a part of', { ...verdictSchema, properties: { verdict: {}, why: { type: 'string' } } }, false],
  ])('%s a schema', async (_how, schema, strict) => {
    playText('{"verdict":"pass"}');
    await ask(chatRequest({ schema: { name: 'verdict', schema } }));
    expect(sent()).toMatchObject({
      response_format: { type: 'json_schema', json_schema: { name: 'verdict', schema, strict } },
    });
  });

  it('reads what servers leave out or write in their own way', async () => {
    const body = {
      choices: [
        {
          message: { content: null, tool_calls: [{ function: { name: 'f', arguments: { a: 1 } } }] },
          finish_reason: 'stop',
        },
      ],
    };
    server.play({ status: 200, body: JSON.stringify(body) });
    const answer = await ask();
    expect(answer).toMatchObject({ text: '', end: 'tool-calls' });
    expect(answer.toolCalls).toEqual([{ id: 'call-1', name: 'f', arguments: '{"a":1}' }]);
    // Nobody counted: rather too many than too few.
    expect(answer.usage.inputTokens).toBeGreaterThan(20);
    expect(answer.usage.outputTokens).toBe(3);
  });

  it('takes a prompt that a filter refuses for an answer', async () => {
    const error = { message: 'The response was filtered', type: null, param: 'prompt', code: 'content_filter' };
    server.play({ status: 400, body: JSON.stringify({ error }) });
    expect((await ask()).end).toBe('filtered');
  });

  it('takes having no money for what it is: nothing that passes', async () => {
    const error = {
      message: 'You exceeded your current quota',
      type: 'insufficient_quota',
      code: 'insufficient_quota',
    };
    server.play({ status: 429, body: JSON.stringify({ error }) });
    expect((await rejection(ask())).name).toBe('ChatRefused');
  });

  it('takes a web page for another service', async () => {
    server.play({ status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Welcome</html>' });
    const error = await rejection(ask());
    expect(error.name).toBe('ChatRefused');
    expect(error.message).toContain('/v1');
  });

  it('ends in an answer or in a fault with a name, whatever comes back', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(200, 200, 200, 400, 404, 418, 500), fc.json(), async (status, body) => {
        server.play({ status, body });
        const outcome: unknown = await ask().catch((error: unknown) => error);
        if (outcome instanceof RatchetError) expect(outcome.name).toMatch(/^Chat(Unavailable|Refused|TooLong)$/);
        else expect(outcome).toHaveProperty('end');
      }),
      { numRuns: 60 },
    );
  });
});
