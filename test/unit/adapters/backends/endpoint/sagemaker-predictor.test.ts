import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { sagemakerEndpointSchema } from '../../../../../shared/adapters/backends/endpoint/sagemaker-options.ts';
import { createSagemakerPredictor } from '../../../../../shared/adapters/backends/endpoint/sagemaker-predictor.ts';
import { storeEndpoint } from '../../../../../shared/ports/endpoints.ts';
import { ChatServer, type RecordedResponse, type SeenRequest } from '../../../../helpers/chat-server.ts';
import { MemoryObjectStore } from '../../../../helpers/memory-object-store.ts';
import { rejection } from '../../../../helpers/rejection.ts';

const task = { kind: 'classification', labels: ['refund', 'delivery'] };
const requestSchema = z.strictObject({ inputs: z.array(z.string()), alternatives: z.number() });
const requestOf = ({ body }: SeenRequest) => requestSchema.parse(JSON.parse(body));

const predicted = (output: unknown, confidence: unknown = 0.75, alternatives: unknown = []) => ({
  output,
  confidence,
  alternatives,
});
const json = (value: unknown): RecordedResponse => ({ status: 200, body: JSON.stringify(value) });
const refusing = (status: number, type: string, body: object): RecordedResponse => ({
  status,
  headers: { 'x-amzn-errortype': type },
  body: JSON.stringify(body),
});
/** Says of each input what its last word is. */
const lastWords = (seen: SeenRequest) =>
  json({ predictions: requestOf(seen).inputs.map((input) => predicted(input.split(' ').at(-1))) });

describe('an endpoint of SageMaker', () => {
  let server: ChatServer;
  beforeAll(async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    server = await ChatServer.start();
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await server.close();
  });
  let objects: MemoryObjectStore;
  beforeEach(() => {
    objects = new MemoryObjectStore();
  });

  const ask = async (
    inputs: readonly string[],
    more: object = {},
    onProgress?: (done: number, total: number) => void,
  ) => {
    const given = { name: 'support', region: 'eu-central-1', url: server.url, retries: 0, ...more };
    const options = sagemakerEndpointSchema.parse(given);
    const ref = await storeEndpoint('support', { version: 1, task, options }, objects);
    const served = { predictor: 'sagemaker-endpoint', ref, digest: null };
    return createSagemakerPredictor({ objects }).predict(
      served,
      inputs,
      onProgress === undefined ? {} : { onProgress },
    );
  };

  it('is asked in requests of so many texts, each text once, and none without text', async () => {
    server.respond(lastWords);
    const done: number[] = [];
    const inputs = ['my refund', ' ', 'my delivery', 'my refund', 'another refund'];
    const answers = await ask(inputs, { batch: 2, concurrency: 1 }, (count) => done.push(count));
    expect(answers.map(({ output }) => output)).toEqual(['refund', null, 'delivery', 'refund', 'refund']);
    expect(server.seen.map((seen) => requestOf(seen).inputs)).toEqual([
      ['my refund', 'my delivery'],
      ['another refund'],
    ]);
    expect(server.seen[0]?.path).toBe('/endpoints/support/invocations');
    expect(server.seen[0]?.authorization).toContain('/eu-central-1/sagemaker/aws4_request');
    expect(done).toEqual([3, 5]);
  });

  it('gets no request that is longer than it takes, unless one text is', async () => {
    server.respond(lastWords);
    const long = (word: string) => `${'x'.repeat(2 * 1024 * 1024)} ${word}`;
    await ask([long('refund'), `${long('refund')}2 refund`, long('delivery')]);
    expect(server.seen).toHaveLength(2);
    for (const { body } of server.seen) expect(body.length).toBeLessThan(5.5 * 1024 * 1024);
  });

  it('answers with alternatives where it names them; what is no label is no answer', async () => {
    const ranked = predicted('refund', 0.6, [
      predicted('refund', 0.6),
      predicted('spam', 0.3),
      predicted('delivery', 0.1),
    ]);
    server.play(
      json({ predictions: [ranked, predicted('spam'), predicted({ label: 'refund' }), predicted('delivery')] }),
    );
    const [first, ...rest] = await ask(['a', 'b', 'c', 'd']);
    expect(first).toEqual({
      output: 'refund',
      confidence: 0.6,
      alternatives: [
        { output: 'refund', confidence: 0.6 },
        { output: 'delivery', confidence: 0.1 },
      ],
    });
    const alone = { output: 'delivery', confidence: 0.75 };
    const none = { output: null, confidence: 0, alternatives: [] };
    expect(rest).toEqual([none, none, { ...alone, alternatives: [alone] }]);
  });

  it.each([
    ['no JSON', { status: 200, body: 'ok' }],
    ['too few answers', json({ predictions: [] })],
    ['a confidence that is none', json({ predictions: [predicted('refund', 7)] })],
    ['another protocol', json([{ label: 'refund', score: 0.9 }])],
  ] as const)('that answers with %s is refused', async (_, response) => {
    server.play(response);
    const fault = await rejection(ask(['a']));
    expect([fault.name, fault.retryable]).toEqual(['EndpointRefused', false]);
    expect(fault.message).toContain('The endpoint support');
  });

  const container = (status: number, fault: object) => ({
    Message: 'Received error from primary',
    OriginalStatusCode: status,
    OriginalMessage: JSON.stringify({ error: fault }),
  });
  const noMemory = { name: 'OutOfMemory', message: 'There was not enough memory.', mend: 'Take a larger instance.' };

  it.each([
    ['EndpointRefused', 'not found', refusing(400, 'ValidationError', { Message: 'Endpoint support not found.' })],
    ['EndpointUnavailable', 'Take a larger instance', refusing(424, 'ModelError', container(500, noMemory))],
    ['EndpointRefused', 'not enough memory', refusing(424, 'ModelError', container(400, noMemory))],
    ['EndpointUnavailable', 'busy', refusing(503, 'ServiceUnavailable', { Message: 'busy' })],
    ['AccessDenied', 'sagemaker:InvokeEndpoint', refusing(403, 'AccessDeniedException', { Message: 'no' })],
  ] as const)('%s: its fault is told (%s)', async (name, words, response) => {
    server.play(response);
    const fault = await rejection(ask(['a']));
    expect(fault.name).toBe(name);
    expect(fault.message).toContain(words);
  });

  it('tells which inputs a refused request was about', async () => {
    server.respond((seen) =>
      requestOf(seen).inputs.includes('bad') ? refusing(424, 'ModelError', container(400, noMemory)) : lastWords(seen),
    );
    const inputs = ['my refund', 'my refund', ' ', 'my delivery', 'bad'];
    expect(await rejection(ask(inputs, { batch: 2 }))).toMatchObject({ places: [4] });
    expect(await rejection(ask(inputs, { batch: 3 }))).toMatchObject({ places: [0, 3, 4] });
  });

  it('that is throttled is asked again as often as it may, and no more', async () => {
    const slow = refusing(429, 'ThrottlingException', { Message: 'slow down' });
    server.respond((seen, place) => (place === 0 ? slow : lastWords(seen)));
    expect((await ask(['my refund'], { retries: 1 }))[0]?.output).toBe('refund');
    expect(server.seen).toHaveLength(2);
    server.play(slow);
    expect((await rejection(ask(['my refund'], { retries: 1 }))).name).toBe('EndpointUnavailable');
    expect(server.seen).toHaveLength(2);
  });

  it.each([
    ['within its JSON', { status: 200, body: '{"predictions": [{"outp' }],
    ['before it begins', { status: 200, body: '' }],
    ['on the way', { ...json({ predictions: [predicted('refund')] }), behaviour: 'drop' as const }],
  ])('whose answer breaks off %s is asked again as often', async (_, broken) => {
    server.respond((seen, place) => (place === 0 ? broken : lastWords(seen)));
    expect((await ask(['my refund'], { retries: 1 }))[0]?.output).toBe('refund');
    expect(server.seen).toHaveLength(2);
    server.play(broken);
    expect(await rejection(ask(['my refund']))).toMatchObject({ name: 'EndpointUnavailable', retryable: true });
  });

  it('that fails for good is not waited for elsewhere', async () => {
    const hang: RecordedResponse = { status: 200, body: '', behaviour: 'hang' };
    server.respond((seen) =>
      requestOf(seen).inputs[0] === 'a' ? refusing(400, 'ValidationError', { Message: 'gone' }) : hang,
    );
    expect((await rejection(ask(['b', 'a'], { batch: 1, timeoutSeconds: 600 }))).message).toContain('gone');
  });

  it('is named as SageMaker allows', () => {
    for (const name of ['', '-a', 'a_b', 'a/b', 'x'.repeat(64)]) {
      expect(sagemakerEndpointSchema.safeParse({ name }).success, name).toBe(false);
    }
    expect(sagemakerEndpointSchema.parse({ name: 'support-2' })).toMatchObject({ batch: 16, timeoutSeconds: 70 });
  });
});
