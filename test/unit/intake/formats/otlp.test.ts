import { describe, expect, test } from 'vitest';
import { RatchetError } from '../../../../shared/domain/base/errors.ts';
import { otlpFormat } from '../../../../shared/intake/formats/otlp.ts';
import { detects, itemsOf } from './items-of.ts';
import { otlpAttributes, otlpLogs, otlpSpans } from './otlp-value.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';

const sent = [
  { role: 'system', parts: [{ type: 'text', content: 'Answer with a label.' }] },
  { role: 'user', parts: [{ type: 'text', content: 'where is my parcel' }] },
];
const answered: readonly object[] = [
  {
    role: 'assistant',
    parts: [
      { type: 'reasoning', content: 'A parcel is delivered.' },
      { type: 'text', content: 'delivery' },
    ],
    finish_reason: 'stop',
  },
];
const call = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'support',
  'gen_ai.response.id': 'chatcmpl-1',
  'gen_ai.usage.input_tokens': 52,
};
const { 'gen_ai.response.id': responseId, ...unnamed } = call;
const content = { 'gen_ai.input.messages': JSON.stringify(sent), 'gen_ai.output.messages': JSON.stringify(answered) };

interface SpanFields {
  readonly traceId?: string;
  readonly spanId?: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly events?: readonly unknown[];
  readonly links?: readonly unknown[];
}

function span({ attributes = { ...call, ...content }, ...fields }: SpanFields = {}): unknown {
  return {
    traceId,
    spanId,
    name: 'chat support',
    kind: 3,
    startTimeUnixNano: '1793520000000000000',
    endTimeUnixNano: '1793520000400000000',
    ...fields,
    attributes: otlpAttributes(attributes),
  };
}

function evaluation(attributes: Readonly<Record<string, unknown>>): unknown {
  return {
    name: 'gen_ai.evaluation.result',
    timeUnixNano: '1793520001000000000',
    attributes: otlpAttributes({ 'gen_ai.evaluation.name': 'correctness', ...attributes }),
  };
}

function logged(eventName: string, attributes: Readonly<Record<string, unknown>>, fields: object = {}): unknown {
  const timeUnixNano = '1793520002000000000';
  return { timeUnixNano, traceId, spanId, eventName, attributes: otlpAttributes(attributes), ...fields };
}

describe('a span of a model call', () => {
  test('is a trace of its messages', async () => {
    const { calls, items } = await itemsOf(otlpFormat, [otlpSpans(span())]);
    expect(items).toHaveLength(1);
    expect(calls[0]?.fields).toEqual({
      traceId: 'chatcmpl-1',
      timestamp: '1793520000000000000',
      input: 'where is my parcel',
      output: 'delivery',
      steps: [{ type: 'reasoning', output: 'A parcel is delivered.' }],
      metadata: {
        otelTraceId: traceId,
        spanId,
        model: 'support',
        responseId: 'chatcmpl-1',
        service: 'ticket-router',
        system: 'Answer with a label.',
      },
    });
    expect(calls[0]?.text).toMatch(/^\{"traceId":"4bf92f/);
  });

  test('is the same whether its document is on one line or on many', async () => {
    const document = otlpSpans(span(), span({ spanId: '00f067aa0ba902b8' }));
    const onMany = await itemsOf(otlpFormat, JSON.stringify(document, null, 2));
    const onOne = await itemsOf(otlpFormat, [document]);
    expect(onMany.calls.map(({ fields }) => fields)).toEqual(onOne.calls.map(({ fields }) => fields));
    expect(onMany.calls).toHaveLength(2);
  });

  test('has its messages as structured values too, and its instructions apart', async () => {
    const attributes = {
      ...call,
      'gen_ai.system_instructions': [{ type: 'text', content: 'Answer with a label.' }],
      'gen_ai.input.messages': sent.slice(1),
      'gen_ai.output.messages': answered,
    };
    const { calls } = await itemsOf(otlpFormat, [otlpSpans(span({ attributes }))]);
    expect(calls[0]?.fields).toMatchObject({
      input: 'where is my parcel',
      output: 'delivery',
      metadata: { system: 'Answer with a label.' },
    });
  });

  test.each([
    [
      'by events of 2024',
      [
        { name: 'gen_ai.content.prompt', attributes: { 'gen_ai.prompt': '[{"role":"user","content":"where is it"}]' } },
        { name: 'gen_ai.content.completion', attributes: { 'gen_ai.completion': 'delivery' } },
      ],
      {},
    ],
    [
      'by an event a message',
      [
        { name: 'gen_ai.system.message', attributes: { content: 'Answer with a label.' } },
        { name: 'gen_ai.user.message', attributes: { content: 'where is it' } },
        { name: 'gen_ai.choice', attributes: { index: 0, message: '{"role":"assistant","content":"delivery"}' } },
      ],
      {},
    ],
    [
      'by attributes a message',
      [],
      {
        'gen_ai.prompt.0.role': 'user',
        'gen_ai.prompt.0.content': 'where is it',
        'gen_ai.completion.0.role': 'assistant',
        'gen_ai.completion.0.content': 'delivery',
      },
    ],
  ])('has its messages %s', async (_, events, attributes) => {
    const written = events.map(({ name, attributes: fields }) => ({ name, attributes: otlpAttributes(fields) }));
    const document = otlpSpans(span({ attributes: { ...call, ...attributes }, events: written }));
    const { calls } = await itemsOf(otlpFormat, [document]);
    expect(calls.map(({ fields }) => [fields.input, fields.output])).toEqual([['where is it', 'delivery']]);
  });

  test('with several answers to choose from has the first', async () => {
    const other = { role: 'assistant', parts: [{ type: 'text', content: 'refund' }] };
    const attributes = { ...call, ...content, 'gen_ai.output.messages': JSON.stringify([...answered, other]) };
    const { calls } = await itemsOf(otlpFormat, [otlpSpans(span({ attributes }))]);
    expect(calls[0]?.fields.output).toBe('delivery');
  });

  test('by conventions that did not name the operation is one too', async () => {
    const attributes = { 'gen_ai.system': 'openai', 'gen_ai.request.model': 'support' };
    const events = [
      { name: 'gen_ai.content.prompt', attributes: otlpAttributes({ 'gen_ai.prompt': 'where is it' }) },
      { name: 'gen_ai.content.completion', attributes: otlpAttributes({ 'gen_ai.completion': 'delivery' }) },
    ];
    const { calls } = await itemsOf(otlpFormat, [otlpSpans(span({ attributes, events }))]);
    expect(calls.map(({ fields }) => [fields.input, fields.output])).toEqual([['where is it', 'delivery']]);
  });

  test('without an answer is a trace whose model gave none', async () => {
    const attributes = { ...call, 'gen_ai.input.messages': JSON.stringify(sent) };
    const { calls } = await itemsOf(otlpFormat, [otlpSpans(span({ attributes }))]);
    expect(calls[0]?.fields).toMatchObject({ input: 'where is my parcel', output: null });
  });

  test('without its content is counted, with the option that records it', async () => {
    const { items, passedOver } = await itemsOf(otlpFormat, [
      otlpSpans(span({ attributes: call }), span({ attributes: call })),
    ]);
    expect(items).toHaveLength(2);
    expect(Object.entries(passedOver)).toEqual([
      [expect.stringContaining('OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=SPAN_AND_EVENT'), 2],
    ]);
  });

  test('without any id is unreadable', async () => {
    const attributes = { ...call, ...content, 'gen_ai.response.id': '' };
    const { unreadable } = await itemsOf(otlpFormat, [otlpSpans(span({ attributes, traceId: '', spanId: '' }))]);
    expect(unreadable[0]?.reason).toMatch('without a trace id');
  });

  test('without the id of a response has the trace id where it is the first of its trace, else its own behind it', async () => {
    const attributes = { ...unnamed, ...content };
    const second = span({ spanId: '00F067AA0BA902B8', attributes });
    const { calls } = await itemsOf(otlpFormat, [
      otlpSpans(span({ attributes }), second),
      otlpSpans(second, span({ traceId: traceId.toUpperCase(), attributes })),
    ]);
    const ids = calls.map(({ fields }) => fields.traceId);
    expect(ids).toEqual([traceId, `${traceId}:00f067aa0ba902b8`, `${traceId}:00f067aa0ba902b8`, traceId]);
  });

  test('of another kind is counted', async () => {
    const spans = ['execute_tool', 'invoke_agent', 'embeddings'].map((operation) =>
      span({ attributes: { 'gen_ai.operation.name': operation } }),
    );
    const database = span({
      attributes: { 'db.system': 'postgresql' },
      links: [{ traceId, spanId: 'aaaaaaaaaaaaaaaa' }],
    });
    const { passedOver, calls } = await itemsOf(otlpFormat, [otlpSpans(...spans, database, span())]);
    expect(passedOver).toEqual({ 'spans that are no model call': 4 });
    expect(calls.map(({ fields }) => fields.traceId)).toEqual([responseId]);
  });
});

describe('an evaluation', () => {
  test('at the span is an annotation of its trace', async () => {
    const said = { 'gen_ai.evaluation.score.label': 'fail', 'gen_ai.evaluation.score.value': 0.25 };
    const events = [evaluation({ ...said, 'gen_ai.evaluation.explanation': 'It asks for money.' })];
    const { calls } = await itemsOf(otlpFormat, [otlpSpans(span({ events }))]);
    expect(calls[0]?.annotations).toEqual([
      {
        name: 'correctness',
        label: 'fail',
        score: 0.25,
        correction: null,
        explanation: 'It asks for money.',
        by: { kind: null, id: null },
        at: '1793520001000000000',
      },
    ]);
  });

  test.each([
    ['with the id of a response', 'before', { ...call, ...content }, responseId],
    ['with the id of a response', 'after', { ...call, ...content }, responseId],
    ['without one', 'before', { ...unnamed, ...content }, traceId],
    ['without one', 'after', { ...unnamed, ...content }, traceId],
  ])('that names its span, %s, has the id of the span that comes %s it', async (_, place, attributes, id) => {
    const logs = otlpLogs(logged('gen_ai.evaluation.result', { 'gen_ai.evaluation.score.label': 'pass' }));
    const spans = otlpSpans(span({ attributes }));
    const { said, calls } = await itemsOf(otlpFormat, place === 'before' ? [spans, logs] : [logs, spans]);
    expect(said).toEqual([[id, 'pass', null]]);
    expect(calls.map(({ fields }) => fields.traceId)).toEqual([id]);
  });

  test('in a log names its span, and has the id that the span has', async () => {
    const attributes = { ...unnamed, ...content };
    const second = '00f067aa0ba902b8';
    const label = (value: string) => ({ 'gen_ai.evaluation.score.label': value });
    const logs = otlpLogs(
      logged('gen_ai.evaluation.result', label('fail'), { spanId: second }),
      logged('gen_ai.evaluation.result', label('pass')),
    );
    const { said } = await itemsOf(otlpFormat, [
      otlpSpans(span({ attributes }), span({ spanId: second, attributes })),
      logs,
    ]);
    expect(said).toEqual([
      [`${traceId}:${second}`, 'fail', null],
      [traceId, 'pass', null],
    ]);
  });

  test('in a log of its own is a judgement of the trace id', async () => {
    const record = logged('gen_ai.evaluation.result', { 'gen_ai.evaluation.score.value': 1 });
    const { traces } = await itemsOf(otlpFormat, [otlpLogs(record)]);
    expect(traces).toMatchObject([{ fields: { traceId }, annotations: [{ score: 1, at: '1793520002000000000' }] }]);
    expect(Object.keys(traces[0]?.fields ?? {})).toEqual(['traceId']);
    // So that `--map traceId=spanId` gives it the id that it gives the span.
    expect(traces[0]?.source).toMatchObject({ spanId });
  });

  test.each([['before'], ['after']])(
    'by the id of the response is joined when it stands %s the span',
    async (place) => {
      const attributes = { 'gen_ai.response.id': 'chatcmpl-1', 'gen_ai.evaluation.score.label': 'pass' };
      const logs = otlpLogs(logged('gen_ai.evaluation.result', attributes, { traceId: '', spanId: '' }));
      const { said } = await itemsOf(
        otlpFormat,
        place === 'before' ? [logs, otlpSpans(span())] : [otlpSpans(span()), logs],
      );
      expect(said).toEqual([[responseId, 'pass', null]]);
    },
  );

  test('by the id of a response has that for its own in a file of evaluations, whatever trace it was written in', async () => {
    const attributes = { 'gen_ai.response.id': 'chatcmpl-9', 'gen_ai.evaluation.score.label': 'pass' };
    const { said } = await itemsOf(otlpFormat, [
      otlpLogs(
        logged('gen_ai.evaluation.result', attributes, { traceId: '', spanId: '' }),
        logged('gen_ai.evaluation.result', { ...attributes, 'gen_ai.response.id': 'chatcmpl-8' }),
      ),
    ]);
    expect(said).toEqual([
      ['chatcmpl-9', 'pass', null],
      ['chatcmpl-8', 'pass', null],
    ]);
  });

  test('at a span that links the call judges the call, at any other span nothing', async () => {
    const events = [evaluation({ 'gen_ai.evaluation.score.label': 'pass' })];
    const carrier = { spanId: 'aaaaaaaaaaaaaaaa', attributes: {}, events };
    const linked = span({ ...carrier, links: [{ traceId, spanId }] });
    expect((await itemsOf(otlpFormat, [otlpSpans(linked)])).said).toEqual([[traceId, 'pass', null]]);
    expect((await itemsOf(otlpFormat, [otlpSpans(linked, span())])).said).toEqual([[responseId, 'pass', null]]);
    const { said, passedOver } = await itemsOf(otlpFormat, [otlpSpans(span(carrier))]);
    expect(said).toEqual([]);
    expect(passedOver).toMatchObject({ 'evaluations of spans that are no model call': 1 });
  });
});

describe('a log record', () => {
  test('with the details of a call is a trace', async () => {
    const record = logged('gen_ai.client.inference.operation.details', { ...call, ...content });
    const { calls } = await itemsOf(otlpFormat, [otlpLogs(record)]);
    expect(calls.map(({ fields }) => fields)).toMatchObject([
      { traceId: responseId, timestamp: '1793520002000000000', input: 'where is my parcel', output: 'delivery' },
    ]);
  });

  test('of each message of a call makes a trace of them once the answer comes', async () => {
    const body = (value: object) => ({ body: { kvlistValue: { values: otlpAttributes(Object(value)) } } });
    const other = { spanId: 'bbbbbbbbbbbbbbbb' };
    const { calls, passedOver } = await itemsOf(otlpFormat, [
      otlpLogs(
        logged('', { 'event.name': 'gen_ai.system.message' }, body({ content: 'Answer with a label.' })),
        logged('gen_ai.user.message', {}, body({ content: 'where is it' })),
        logged('gen_ai.user.message', {}, { ...body({ content: 'no answer' }), ...other }),
        logged('gen_ai.choice', {}, body({ index: 0, message: { content: 'delivery' } })),
        logged('browser.page_view', {}),
      ),
    ]);
    expect(calls.map(({ fields }) => [fields.traceId, fields.input, fields.output])).toEqual([
      [traceId, 'where is it', 'delivery'],
    ]);
    expect(passedOver).toEqual({
      'logged questions without an answer': 1,
      'log records that tell of no model call': 1,
    });
  });
});

test('spans of OpenInference come as OTLP too, by their span ids', async () => {
  const attributes = { 'openinference.span.kind': 'LLM', 'input.value': 'where is it', 'output.value': 'delivery' };
  const { calls } = await itemsOf(otlpFormat, [otlpSpans(span({ attributes }))]);
  expect(calls.map(({ fields }) => [fields.traceId, fields.input, fields.output])).toEqual([
    [spanId, 'where is it', 'delivery'],
  ]);
});

test('an integer of 64 bits is a number where one can hold it, else its digits', async () => {
  const attributes = [
    ...otlpAttributes({ ...call, ...content }),
    { key: 'gen_ai.conversation.id', value: { intValue: '9223372036854775807' } },
  ];
  const { calls } = await itemsOf(otlpFormat, [otlpSpans({ traceId, spanId, attributes })]);
  expect(calls[0]?.fields).toMatchObject({ metadata: { conversationId: '9223372036854775807' } });
  expect(calls[0]?.source).toMatchObject({ attributes: { 'gen_ai.usage.input_tokens': 52 } });
});

describe('a file', () => {
  test('is recognised by its documents, whatever stands before them', () => {
    expect(detects(otlpFormat, [otlpSpans(span())])).toBe(true);
    expect(detects(otlpFormat, JSON.stringify(otlpLogs(), null, 2))).toBe(true);
    expect(detects(otlpFormat, JSON.stringify({ data: [span()] }))).toBe(true);
    expect(detects(otlpFormat, JSON.stringify(otlpSpans(...Array(200).fill(span())), null, 2))).toBe(true);
    expect(detects(otlpFormat, [{ traceId: 't', input: '{"resourceSpans":[]}', output: 'x' }])).toBe(false);
    expect(detects(otlpFormat, '\n\n\n')).toBe(false);
  });

  test('of protobuf is refused in one sentence', async () => {
    const service = new TextEncoder().encode('service.name');
    const bytes = Uint8Array.from([0x0a, 0x92, 0x01, 0x0a, 0x20, 0x0a, 0x1e, 0x0a, 0x0c, ...service, 0x12, 0x0e, 0x00]);
    expect(detects(otlpFormat, bytes)).toBe(true);
    const error: unknown = await itemsOf(otlpFormat, bytes).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(RatchetError);
    expect(error).toMatchObject({
      name: 'InvalidInput',
      message: 'file.json is OTLP in protobuf, which is not read.',
      mend: expect.stringContaining('format: json'),
    });
  });

  test('with a broken line loses that line alone', async () => {
    const line = JSON.stringify(otlpSpans(span()));
    const { calls, unreadable } = await itemsOf(otlpFormat, `${line}\n${line.slice(0, 80)}\n${line}\n`);
    expect(calls).toHaveLength(2);
    expect(unreadable.map(({ line: number }) => number)).toEqual([2]);
  });
});
