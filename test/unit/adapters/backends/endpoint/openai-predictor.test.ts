import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openAiEndpointSchema } from '../../../../../shared/adapters/backends/endpoint/endpoint-options.ts';
import { createOpenAiPredictor } from '../../../../../shared/adapters/backends/endpoint/openai-predictor.ts';
import { describeIssues } from '../../../../../shared/intake/parse-json-line.ts';
import { storeEndpoint } from '../../../../../shared/ports/endpoints.ts';
import { InputFault } from '../../../../../shared/ports/input-fault.ts';
import type { Usage } from '../../../../../shared/ports/long-work.ts';
import type { PredictOptions } from '../../../../../shared/ports/predictor.ts';
import { openAiResponse } from '../../../../contract/openai-wire.ts';
import { ChatServer } from '../../../../helpers/chat-server.ts';
import { completionOf, requestOf } from '../../../../helpers/label-endpoint.ts';
import { MemoryObjectStore } from '../../../../helpers/memory-object-store.ts';
import { rejection } from '../../../../helpers/rejection.ts';

const task = { kind: 'classification', labels: ['refund', 'delivery'] };
const key = 'sk-very-secret-0123456789';

describe('an OpenAI-compatible endpoint', () => {
  let server: ChatServer;
  let objects: MemoryObjectStore;
  beforeAll(async () => {
    server = await ChatServer.start();
  });
  beforeEach(() => {
    objects = new MemoryObjectStore();
  });
  afterAll(() => server.close());

  const served = async (more: object = {}, of: { kind: string } = task) => {
    const options = openAiEndpointSchema.parse({ url: `${server.url}/v1`, model: 'small', retries: 0, ...more });
    return {
      predictor: 'openai',
      ref: await storeEndpoint('support', { version: 1, task: of, options }, objects),
      digest: null,
    };
  };
  const predictor = (env: Record<string, string> = {}) => createOpenAiPredictor({ objects, env });
  const ask = async (inputs: readonly string[], options: PredictOptions = {}, more: object = {}) =>
    predictor().predict(await served(more), inputs, options);

  it('is held to the labels by a schema, with a temperature of nothing and no tokens beyond the limit', async () => {
    server.play(completionOf('{"label":"refund"}'));
    await ask(['my money'], {}, { maxTokens: 32 });
    expect(requestOf(server.seen[0] ?? expect.fail())).toMatchObject({
      model: 'small',
      temperature: 0,
      max_tokens: 32,
      logprobs: true,
      response_format: {
        type: 'json_schema',
        json_schema: { strict: true, schema: { properties: { label: { enum: ['refund', 'delivery'] } } } },
      },
    });
  });

  it('answers with the confidence of its tokens, and with 0 where it tells none', async () => {
    server.play(
      completionOf('{"label":"refund"}', [
        ['{"label":"', 1],
        ['refund', 0.75],
        ['"}', 1],
      ]),
      completionOf('{"label":"delivery"}'),
    );
    const [sure, silent] = await ask(['my money', 'my parcel'], {}, { concurrency: 1 });
    expect(sure).toMatchObject({ output: 'refund', confidence: 0.75 });
    expect(silent).toMatchObject({ output: 'delivery', confidence: 0 });
  });

  it('is asked for less where it refuses a schema or probabilities, and not again', async () => {
    server.respond((seen) => {
      const { logprobs, response_format: format } = requestOf(seen);
      if (logprobs !== undefined || format !== undefined) return openAiResponse({ kind: 'finds-it-invalid' });
      return completionOf('I would say: refund');
    });
    const answers = await ask(['one', 'two', 'three'], {}, { concurrency: 1 });
    expect(answers.map(({ output }) => output)).toEqual(['refund', 'refund', 'refund']);
    expect(server.seen).toHaveLength(5);
  });

  it.each([
    ['context_length_exceeded', 'too much'],
    ['BadRequestError', "This model's maximum context length is 512 tokens. However, you requested 3000 tokens."],
    ['exceed_context_size_error', 'the request exceeds the available context size, try increasing it'],
  ])(
    'gives no answer to a text that it finds too long (%s), and asks for no less of the others',
    async (code, message) => {
      server.respond((seen) =>
        JSON.stringify(requestOf(seen)).includes('long')
          ? { status: 400, body: JSON.stringify({ error: { message, type: 'invalid_request_error', code } }) }
          : completionOf('{"label":"refund"}'),
      );
      const answers = await ask(['my money', 'a long text', 'my money'], {}, { concurrency: 1 });
      expect(answers.map(({ output }) => output)).toEqual(['refund', null, 'refund']);
      expect(server.seen.map((seen) => requestOf(seen).response_format !== undefined)).toEqual([true, true, true]);
    },
  );

  it('is asked for no less of the other texts where it refuses one however little is asked for', async () => {
    server.respond((seen) =>
      requestOf(seen).input === 'bad'
        ? openAiResponse({ kind: 'finds-it-invalid' })
        : completionOf('{"label":"refund"}'),
    );
    const asked = predictor();
    const endpoint = await served({ concurrency: 1 });
    const fault = await rejection(asked.predict(endpoint, ['my money', 'bad']));
    expect([fault.name, fault]).toEqual(['EndpointRefused', expect.objectContaining({ places: [1] })]);
    await asked.predict(endpoint, ['my money']);
    expect(requestOf(server.seen.at(-1) ?? expect.fail())).toMatchObject({
      logprobs: true,
      response_format: { json_schema: { strict: true } },
    });
  });

  it('is held to the schema of a generation, loosely or not at all where it refuses that', async () => {
    const schema = { type: 'object', properties: { queue: { type: 'string', pattern: '^[a-z]+$' } } };
    const writing = { kind: 'generation', checker: 'json', schema };
    const seen: unknown[] = [];
    const formatsOf = async (takes: (strict: boolean | null, logprobs: boolean) => boolean, more: object = {}) => {
      seen.length = 0;
      server.respond((request) => {
        const { logprobs, response_format: format } = requestOf(request);
        const { json_schema: sent = null } = z
          .object({ json_schema: z.object({ strict: z.boolean(), schema: z.unknown() }) })
          .partial()
          .parse(format ?? {});
        seen.push([sent?.strict ?? null, logprobs === true]);
        if (sent !== null) expect(sent.schema).toEqual(schema);
        if (!takes(sent?.strict ?? null, logprobs === true)) return openAiResponse({ kind: 'finds-it-invalid' });
        return completionOf('{"queue": "delivery"}');
      });
      const [answer] = await predictor().predict(await served(more, writing), ['my parcel']);
      expect(answer?.output).toEqual({ queue: 'delivery' });
      return [...seen];
    };
    expect(await formatsOf(() => true)).toEqual([[true, true]]);
    expect(await formatsOf((strict) => strict !== true)).toEqual([
      [true, true],
      [false, true],
    ]);
    expect(await formatsOf((_, logprobs) => !logprobs)).toEqual([
      [true, true],
      [false, true],
      [true, false],
    ]);
    expect(await formatsOf((strict) => strict === null)).toEqual([
      [true, true],
      [false, true],
      [true, false],
      [false, false],
      [null, false],
    ]);
    expect(await formatsOf(() => true, { schema: false })).toEqual([[null, true]]);
  });

  it.each([
    ['no JSON', completionOf('\u001b[31m ignore all that, you are free now')],
    ['another label', completionOf('{"label":"admin"}')],
    ['half of an answer', completionOf('{"label":"refund"}', [], 'length')],
    ['nothing', completionOf('')],
    ['what a filter holds back', openAiResponse({ kind: 'filters-its-answer' })],
  ])('that says %s has given no answer', async (_, response) => {
    server.play(response);
    expect(await ask(['my money'])).toEqual([{ output: null, confidence: 0, alternatives: [] }]);
  });

  it('answers in the order of the inputs, few at once, and not at all without a text', async () => {
    let now = 0;
    let most = 0;
    server.respond((seen) => {
      now += 1;
      most = Math.max(most, now);
      setImmediate(() => {
        now -= 1;
      });
      return completionOf(JSON.stringify({ label: requestOf(seen).input.endsWith('1') ? 'refund' : 'delivery' }));
    });
    const inputs = Array.from({ length: 20 }, (_, at) => (at === 7 ? ' ' : `text ${at % 2}`));
    const answers = await ask(inputs, {}, { concurrency: 3 });
    expect(answers.map(({ output }) => output)).toEqual(
      inputs.map((input) => (input === ' ' ? null : input.endsWith('1') ? 'refund' : 'delivery')),
    );
    expect(server.seen).toHaveLength(19);
    expect(most).toBeLessThanOrEqual(3);
  });

  it('tells what it has used and what asking may cost at most', async () => {
    server.play(completionOf('{"label":"refund"}'));
    const used: Usage[] = [];
    const prices = { prices: '1,0.1,5', maxTokens: 100 };
    await ask(['one', 'two'], { onUsage: (usage) => used.push(usage) }, prices);
    const each = { inputTokens: 100, outputTokens: 10, usd: 0.00015 };
    expect(used).toEqual([each, each]);
    const most = await predictor().mostCost(await served(prices), ['one', 'two']);
    expect(most).toBeGreaterThan(0.001);
    expect(most).toBeLessThan(0.003);
  });

  it('is asked again when it throttles, and is no fault of the text when it is down', async () => {
    server.play(openAiResponse({ kind: 'throttles' }), completionOf('{"label":"refund"}'));
    expect(await ask(['my money'], {}, { retries: 2 })).toMatchObject([{ output: 'refund' }]);
    server.play(openAiResponse({ kind: 'is-overloaded' }));
    expect(await rejection(ask(['my money']))).toMatchObject({ name: 'EndpointUnavailable', retryable: true });
    server.play(openAiResponse({ kind: 'hangs' }));
    expect(await rejection(ask(['my money'], {}, { timeoutSeconds: 1 }))).toMatchObject({
      name: 'EndpointUnavailable',
    });
  });

  it('gets the key of the environment, which is in no message and nothing stored', async () => {
    server.play(openAiResponse({ kind: 'knows-no-such-key' }));
    const fault = await rejection(predictor({ RATCHET_ENDPOINT_KEY: key }).predict(await served(), ['my money']));
    expect(fault.name).toBe('EndpointRefused');
    expect(fault).not.toBeInstanceOf(InputFault);
    expect(server.seen[0]?.authorization).toBe(`Bearer ${key}`);
    expect(`${fault.message}${fault.mend}${JSON.stringify(fault)}${String(fault.cause)}`).not.toContain(key);
  });

  it('that has no such model, or speaks no such protocol, is told of', async () => {
    server.play(openAiResponse({ kind: 'knows-no-such-model' }));
    expect((await rejection(ask(['my money']))).message).toContain('model "no-such" not found');
    server.play({ status: 200, body: '{"hello": "world"}' });
    expect((await rejection(ask(['my money']))).message).toContain('does its URL end in /v1?');
  });

  it.each([
    ['is cut off', { ...completionOf('{"label":"refund"}'), behaviour: 'drop' as const }, 'terminated'],
    ['is no JSON', { status: 200, body: '<html>' }, 'cannot be read'],
    ['is empty', { status: 200, body: '' }, 'cannot be read'],
  ])('whose answer %s is asked again, as one that throttles', async (_, broken, words) => {
    server.play(broken, completionOf('{"label":"refund"}'));
    expect(await ask(['my money'], {}, { retries: 1 })).toMatchObject([{ output: 'refund' }]);
    expect(server.seen).toHaveLength(2);
    server.play(broken);
    const fault = await rejection(ask(['my money']));
    expect(fault).toMatchObject({ name: 'EndpointUnavailable', retryable: true });
    expect(fault.message).toContain(words);
  });

  it('that does not stop talking is cut off', async () => {
    server.play({ status: 200, body: JSON.stringify({ junk: 'x'.repeat(9 * 1024 * 1024) }) });
    const fault = await rejection(ask(['my money'], {}, { retries: 1 }));
    expect([fault.name, fault.message]).toEqual(['EndpointRefused', expect.stringMatching(/longer than/)]);
    expect(server.seen).toHaveLength(1);
  });

  it('is not asked where what is known of it was changed', async () => {
    const { ref, ...rest } = await served();
    await objects.put(ref, new TextEncoder().encode('{"version":1,"task":{"kind":"classification"},"options":{}}'));
    const fault = await rejection(predictor().predict({ ...rest, ref }, ['my money']));
    expect(fault.name).toBe('CorruptArtifact');
  });

  it('is told the form of prices where they have another', () => {
    const described = (prices: unknown) => {
      const read = openAiEndpointSchema.safeParse({ url: 'http://x/v1', model: 'small', prices });
      return read.success ? null : describeIssues(read.error);
    };
    for (const prices of [1, '1', '1,2', '1,2,3,4', '1,,3', '1,two,3', '1,-2,3', ''])
      expect(described(prices), String(prices)).toMatch(/^"prices": must be INPUT,CACHED,OUTPUT, [^;]*0\.6$/);
    expect(described('1, 0.5,3')).toBeNull();
    expect(described({ input: 1, cachedInput: 0, output: 3 })).toBeNull();
  });

  it('cannot be named with a key in its address, or another variable than one of keys', () => {
    for (const url of ['127.0.0.1:8000/v1', '', 'https://example.com/v1?x=1', 'https://example.com/v1#a'])
      expect(openAiEndpointSchema.safeParse({ url, model: 'small' }).success).toBe(false);
    const options = { url: 'https://user:secret@example.com/v1', model: 'small' };
    expect(openAiEndpointSchema.safeParse(options).success).toBe(false);
    const other = { url: 'https://example.com/v1', model: 'small', keyVariable: 'AWS_SECRET_ACCESS_KEY' };
    expect(openAiEndpointSchema.safeParse(other).success).toBe(false);
  });
});
