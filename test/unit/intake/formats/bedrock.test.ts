import { describe, expect, test } from 'vitest';
import { bedrockFormat } from '../../../../shared/intake/formats/bedrock.ts';
import { detects, itemsOf } from './items-of.ts';

const requestId = '915a6a04-3f83-4c70-a277-7fbf7ea546b3';

function invocation(input: unknown, output: unknown, fields: Readonly<Record<string, unknown>> = {}): unknown {
  return {
    schemaType: 'ModelInvocationLog',
    schemaVersion: '1.0',
    timestamp: '2026-11-01T23:00:17Z',
    accountId: '111122223333',
    region: 'us-east-1',
    requestId,
    operation: 'Converse',
    modelId: 'anthropic.claude-3-haiku-20240307-v1:0',
    input: { inputContentType: 'application/json', inputBodyJson: input, inputTokenCount: 35 },
    output: { outputContentType: 'application/json', outputBodyJson: output, outputTokenCount: 4 },
    requestMetadata: { ticket: 'T-1' },
    ...fields,
  };
}

const converseInput = {
  system: [{ text: 'Answer with a label.' }],
  messages: [{ role: 'user', content: [{ text: 'where is my parcel' }] }],
};
const converseOutput = {
  output: {
    message: {
      role: 'assistant',
      content: [{ text: 'delivery' }, { toolUse: { toolUseId: 'x', name: 'look_up', input: { order: 23 } } }],
    },
  },
  stopReason: 'end_turn',
};

const anthropicInput = {
  anthropic_version: 'bedrock-2023-05-31',
  system: 'Answer with a label.',
  messages: [{ role: 'user', content: 'where is my parcel' }],
};

describe('an invocation', () => {
  test('is a trace by its request id', async () => {
    const { calls, items } = await itemsOf(bedrockFormat, [invocation(converseInput, converseOutput)]);
    expect(items).toHaveLength(1);
    expect(calls[0]?.fields).toEqual({
      traceId: requestId,
      timestamp: '2026-11-01T23:00:17Z',
      input: 'where is my parcel',
      output: 'delivery',
      steps: [{ type: 'tool_call', name: 'look_up', input: { order: 23 } }],
      metadata: {
        ticket: 'T-1',
        model: 'anthropic.claude-3-haiku-20240307-v1:0',
        operation: 'Converse',
        region: 'us-east-1',
        system: 'Answer with a label.',
      },
    });
  });

  const prompt = 'where is my parcel';
  test.each<[string, unknown, unknown]>([
    ['Anthropic', anthropicInput, { role: 'assistant', content: [{ type: 'text', text: 'delivery' }] }],
    ['Claude 2', { prompt: `\n\nHuman: ${prompt}\n\nAssistant:` }, { completion: 'delivery' }],
    ['Titan', { inputText: prompt }, { results: [{ outputText: 'delivery', tokenCount: 2 }] }],
    ['Nova', converseInput, { output: { message: { role: 'assistant', content: [{ text: 'delivery' }] } } }],
    ['Llama', { prompt }, { generation: 'delivery', stop_reason: 'stop' }],
    ['Mistral', { prompt }, { outputs: [{ text: 'delivery', stop_reason: 'stop' }] }],
    ['Cohere', { message: prompt }, { text: 'delivery', generation_id: 'x' }],
    ['Converse, as a text', JSON.stringify(converseInput), JSON.stringify(converseOutput)],
    [
      'Claude 2, streamed',
      { prompt },
      [{ completion: 'deli' }, { completion: 'very' }, { completion: '', stop_reason: 'stop_sequence' }],
    ],
    ['Llama, streamed', { prompt }, [{ generation: 'deli' }, { generation: 'very', stop_reason: 'stop' }]],
    [
      'Titan, streamed',
      { inputText: prompt },
      [
        { outputText: 'deli', index: 0 },
        { outputText: 'very', index: 0 },
      ],
    ],
    [
      'Converse, streamed',
      converseInput,
      [
        { messageStart: { role: 'assistant' } },
        { contentBlockDelta: { contentBlockIndex: 0, delta: { text: 'deli' } } },
        { contentBlockDelta: { contentBlockIndex: 0, delta: { text: 'very' } } },
        { contentBlockStop: { contentBlockIndex: 0 } },
        { messageStop: { stopReason: 'end_turn' } },
      ],
    ],
  ])('of %s has its question and its answer', async (_, input, output) => {
    const { calls } = await itemsOf(bedrockFormat, [invocation(input, output)]);
    expect(calls.map(({ fields }) => [fields.input, fields.output])).toEqual([[prompt, 'delivery']]);
  });

  test('of Anthropic that was streamed has its thoughts and calls put together', async () => {
    const delta = (index: number, fields: object) => ({ type: 'content_block_delta', index, delta: fields });
    const { calls } = await itemsOf(bedrockFormat, [
      invocation(anthropicInput, [
        { type: 'message_start', message: { id: 'msg_1', role: 'assistant', content: [] } },
        { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '' } },
        delta(0, { type: 'thinking_delta', thinking: 'A parcel ' }),
        delta(0, { type: 'thinking_delta', thinking: 'is delivered.' }),
        delta(0, { type: 'signature_delta', signature: 'EqQB' }),
        { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } },
        delta(1, { type: 'text_delta', text: 'deli' }),
        delta(1, { type: 'text_delta', text: 'very' }),
        {
          type: 'content_block_start',
          index: 2,
          content_block: { type: 'tool_use', id: 't', name: 'look_up', input: {} },
        },
        delta(2, { type: 'input_json_delta', partial_json: '{"order":' }),
        delta(2, { type: 'input_json_delta', partial_json: '23}' }),
        { type: 'message_stop' },
      ]),
    ]);
    expect(calls[0]?.fields).toMatchObject({
      output: 'delivery',
      steps: [
        { type: 'reasoning', output: 'A parcel is delivered.' },
        { type: 'tool_call', name: 'look_up', input: { order: 23 } },
      ],
    });
  });

  test('whose body lies apart is unreadable, and says where it lies', async () => {
    const apart = {
      input: { inputContentType: 'application/json', inputBodyS3Path: 's3://logs/x_input.json.gz' },
    };
    const { unreadable } = await itemsOf(bedrockFormat, [invocation(null, converseOutput, apart)]);
    expect(unreadable).toMatchObject([
      {
        reason: 'its body was too large for the log and lies in s3://logs/x_input.json.gz',
        mend: expect.stringContaining('inputBodyJson'),
      },
    ]);
  });

  test('that is no text, failed or was not delivered is counted', async () => {
    const { passedOver, items } = await itemsOf(bedrockFormat, [
      invocation({ inputText: 'x' }, { embedding: [0.1], inputTextTokenCount: 1 }),
      invocation({ taskType: 'TEXT_IMAGE' }, { images: ['…'] }),
      invocation(converseInput, undefined, { errorCode: 'ThrottlingException' }),
      invocation(undefined, undefined),
      { schemaType: 'SomethingElse' },
    ]);
    expect(items).toHaveLength(5);
    expect(passedOver).toEqual({
      'invocations of models that write no text': 2,
      'invocations that failed': 1,
      'invocations without their text (let the log deliver it: textDataDeliveryEnabled)': 1,
      'records that are no invocations': 1,
    });
  });
});

test('a file is recognised as lines and as a list', () => {
  const record = invocation(converseInput, converseOutput);
  expect(detects(bedrockFormat, [record])).toBe(true);
  expect(detects(bedrockFormat, JSON.stringify([record], null, 2))).toBe(true);
  expect(detects(bedrockFormat, [{ schemaType: 'x' }])).toBe(false);
});
