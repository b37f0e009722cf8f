import { describe, expect, test } from 'vitest';
import { openInferenceFormat } from '../../../../shared/intake/formats/openinference.ts';
import { phoenixFormat } from '../../../../shared/intake/formats/phoenix.ts';
import { detects, itemsOf } from './items-of.ts';

const trace_id = '80f198ee56343ba864fe8b2a57d3eff7';
const span_id = 'e457b5a2e4d86bd1';

interface SpanFields {
  readonly span_id?: string;
  readonly trace_id?: string;
  readonly kind?: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

const texts = { 'input.value': 'where is my parcel', 'output.value': 'delivery' };

function span({ kind = 'LLM', attributes = texts, ...fields }: SpanFields = {}): unknown {
  return {
    name: 'classify',
    context: { trace_id: fields.trace_id ?? trace_id, span_id: fields.span_id ?? span_id },
    span_kind: kind,
    parent_id: null,
    start_time: '2026-11-01T08:00:00.123456+00:00',
    end_time: '2026-11-01T08:00:01+00:00',
    status_code: 'OK',
    ...fields,
    attributes: { 'openinference.span.kind': kind, ...attributes },
  };
}

const messages = {
  'llm.input_messages.0.message.role': 'system',
  'llm.input_messages.0.message.content': 'Answer with a label.',
  'llm.input_messages.1.message.role': 'user',
  'llm.input_messages.1.message.contents.0.message_content.type': 'text',
  'llm.input_messages.1.message.contents.0.message_content.text': 'where is my parcel',
  'llm.output_messages.0.message.role': 'assistant',
  'llm.output_messages.0.message.content': 'delivery',
  'llm.output_messages.0.message.tool_calls.0.tool_call.function.name': 'look_up',
  'llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments': '{"order":23}',
};
const nested = {
  llm: {
    input_messages: [
      { message: { role: 'system', content: 'Answer with a label.' } },
      { message: { role: 'user', contents: [{ message_content: { type: 'text', text: 'where is my parcel' } }] } },
    ],
    output_messages: [
      {
        message: {
          role: 'assistant',
          content: 'delivery',
          tool_calls: [{ tool_call: { function: { name: 'look_up', arguments: '{"order":23}' } } }],
        },
      },
    ],
  },
};
const halfNested = {
  'llm.input_messages': [
    { 'message.role': 'system', 'message.content': 'Answer with a label.' },
    { 'message.role': 'user', 'message.content': 'where is my parcel' },
  ],
  'llm.output_messages': JSON.stringify([
    {
      'message.content': 'delivery',
      'message.tool_calls': [{ 'tool_call.function.name': 'look_up', 'tool_call.function.arguments': '{"order":23}' }],
    },
  ]),
};

describe('an LLM span', () => {
  test('is a trace by its span id', async () => {
    const attributes = {
      ...texts,
      'llm.model_name': 'support',
      'session.id': 'session-1',
      metadata: '{"slice":"mail"}',
    };
    const { calls, items } = await itemsOf(openInferenceFormat, [span({ attributes })]);
    expect(items).toHaveLength(1);
    expect(calls[0]?.fields).toEqual({
      traceId: span_id,
      timestamp: '2026-11-01T08:00:00.123456+00:00',
      input: 'where is my parcel',
      output: 'delivery',
      metadata: {
        slice: 'mail',
        otelTraceId: trace_id,
        spanId: span_id,
        name: 'classify',
        model: 'support',
        sessionId: 'session-1',
      },
    });
  });

  test.each([
    ['by dotted names', messages],
    ['nested', nested],
    ['by names of lists', halfNested],
  ])('has its messages %s', async (_, attributes) => {
    const { calls } = await itemsOf(openInferenceFormat, [span({ attributes })]);
    expect(calls[0]?.fields).toMatchObject({
      input: 'where is my parcel',
      output: 'delivery',
      steps: [{ type: 'tool_call', name: 'look_up', input: { order: 23 } }],
      metadata: { system: 'Answer with a label.' },
    });
  });

  test('comes out of the columns of a data frame, and out of an answer of the interface', async () => {
    const row = {
      'context.span_id': span_id,
      'context.trace_id': trace_id,
      span_kind: 'LLM',
      parent_id: null,
      start_time: 1793520000123,
      'attributes.input.value': 'where is my parcel',
      'attributes.output.value': 'delivery',
      'attributes.llm.model_name': 'support',
    };
    for (const file of [[row], JSON.stringify({ data: [span()], next_cursor: null })]) {
      expect(detects(openInferenceFormat, file)).toBe(true);
      const { calls } = await itemsOf(openInferenceFormat, file);
      expect(calls.map(({ fields }) => [fields.traceId, fields.input, fields.output])).toEqual([
        [span_id, 'where is my parcel', 'delivery'],
      ]);
    }
  });

  test('has the prompt and the text of a completion', async () => {
    const attributes = { 'llm.prompts.0.prompt.text': 'where is it', 'llm.choices.0.completion.text': 'delivery' };
    const { calls } = await itemsOf(openInferenceFormat, [span({ attributes })]);
    expect(calls[0]?.fields).toMatchObject({ input: 'where is it', output: 'delivery' });
  });

  test('without its content is counted, without any id unreadable', async () => {
    const { unreadable, passedOver } = await itemsOf(openInferenceFormat, [
      span({ attributes: {} }),
      span({ attributes: { 'input.value': '__REDACTED__', 'output.value': '__REDACTED__' } }),
      { ...Object(span()), context: { trace_id: '', span_id: '' } },
    ]);
    expect(Object.values(passedOver)).toEqual([2]);
    expect(unreadable.map(({ reason }) => reason)).toEqual(['a model call without a span id']);
  });
});

describe('a root', () => {
  const root = span({ kind: 'CHAIN', span_id: 'aaaaaaaaaaaaaaaa' });

  test('is a trace where its trace has no LLM span', async () => {
    const { calls } = await itemsOf(openInferenceFormat, [root, span({ kind: 'TOOL', parent_id: 'aaaaaaaaaaaaaaaa' })]);
    expect(calls.map(({ fields }) => fields.traceId)).toEqual(['aaaaaaaaaaaaaaaa']);
  });

  test.each([['before'], ['after']])('is none where the LLM span comes %s it', async (place) => {
    const call = span({ parent_id: 'aaaaaaaaaaaaaaaa' });
    const { calls, passedOver } = await itemsOf(openInferenceFormat, place === 'before' ? [call, root] : [root, call]);
    expect(calls.map(({ fields }) => fields.traceId)).toEqual([span_id]);
    expect(passedOver).toEqual({ 'spans that are no model call': 1 });
  });

  test('that is exported twice is a trace twice, for the log to tell', async () => {
    const { calls } = await itemsOf(openInferenceFormat, [root, root]);
    expect(calls.map(({ fields }) => fields.traceId)).toEqual(['aaaaaaaaaaaaaaaa', 'aaaaaaaaaaaaaaaa']);
  });

  test('does not wait for ever: two thousand come out, each once', async () => {
    const ids = Array.from({ length: 2_000 }, (_, at) => `f${at.toString(16).padStart(15, '0')}`);
    const { calls } = await itemsOf(
      openInferenceFormat,
      ids.map((id) => span({ kind: 'CHAIN', span_id: id, trace_id: `${id}${id}` })),
    );
    expect(calls.map(({ fields }) => fields.traceId)).toEqual(ids);
  });
});

describe('an annotation', () => {
  test.each([
    ['HUMAN', 'human'],
    ['LLM', 'llm'],
    ['CODE', 'rule'],
    ['RULEBOOK', null],
  ])('of an annotator of kind %s is said by %s', async (annotator_kind, kind) => {
    const annotation = {
      name: 'correct label',
      annotator_kind,
      result: { label: 'billing', score: 0, explanation: 'asks for money' },
      identifier: 'reviewer-42',
    };
    const { calls } = await itemsOf(openInferenceFormat, [span({ annotations: [annotation] })]);
    expect(calls[0]?.annotations).toEqual([
      {
        name: 'correct label',
        label: 'billing',
        score: 0,
        correction: null,
        explanation: 'asks for money',
        by: { kind, id: 'reviewer-42' },
        at: null,
      },
    ]);
  });

  test('among the attributes counts once in both of its forms', async () => {
    const attributes = {
      ...texts,
      'annotations.0.annotation.name': 'correctness',
      'annotations.0.annotation.label': 'incorrect',
      'annotations.0.annotation.annotator_kind': 'HUMAN',
      'evaluations.0.evaluation.name': 'toxicity',
      'evaluations.0.evaluation.score': 0.1,
      'evaluations.0.evaluation.annotator_kind': 'LLM',
    };
    const { calls } = await itemsOf(openInferenceFormat, [span({ attributes })]);
    expect(calls[0]?.annotations.map(({ name, label, score, by }) => [name, label, score, by.kind])).toEqual([
      ['correctness', 'incorrect', null, 'human'],
      ['toxicity', null, 0.1, 'llm'],
    ]);
  });

  test('on a carrier judges the span that it links, before or after that span', async () => {
    const carrier = span({
      kind: 'EVALUATOR',
      span_id: 'cccccccccccccccc',
      trace_id: 'c'.repeat(32),
      links: [{ trace_id, span_id }],
      attributes: {
        'evaluations.0.evaluation.name': 'correctness',
        'evaluations.0.evaluation.label': 'incorrect',
        'evaluations.0.evaluation.annotator_kind': 'HUMAN',
      },
    });
    const { said, traces } = await itemsOf(openInferenceFormat, [carrier, span()]);
    expect(said).toEqual([[span_id, 'incorrect', null]]);
    expect(traces[0]).toMatchObject({ fields: { traceId: span_id }, annotations: [{ by: { kind: 'human' } }] });
  });

  test('of a trace judges its one model call, and none where there are several', async () => {
    const attributes = {
      'trace.annotations.0.annotation.name': 'correctness',
      'trace.annotations.0.annotation.label': 'correct',
      'session.annotations.0.annotation.name': 'coherence',
      'session.annotations.0.annotation.label': 'coherent',
    };
    const root = span({ kind: 'CHAIN', span_id: 'aaaaaaaaaaaaaaaa', attributes });
    const one = await itemsOf(openInferenceFormat, [root, span()]);
    expect(one.said).toEqual([[span_id, 'correct', null]]);
    expect(one.passedOver).toMatchObject({ 'annotations of whole sessions': 1 });
    const two = await itemsOf(openInferenceFormat, [span(), span({ span_id: 'bbbbbbbbbbbbbbbb' }), root]);
    expect(two.said).toEqual([]);
    expect(two.passedOver).toMatchObject({ 'annotations of traces with several model calls': 1 });
  });

  test('of a span that is no model call is counted', async () => {
    const annotations = [{ name: 'quality', annotator_kind: 'HUMAN', result: { score: 1 } }];
    const { passedOver } = await itemsOf(openInferenceFormat, [span({ kind: 'RETRIEVER', annotations })]);
    expect(passedOver).toEqual({
      'annotations of spans that are no model call': 1,
      'spans that are no model call': 1,
    });
  });
});

describe('annotations of the REST interface of Phoenix', () => {
  const annotation = {
    id: 'U3BhbkFubm90YXRpb246MQ==',
    created_at: '2026-11-02T08:00:00+00:00',
    updated_at: '2026-11-02T09:00:00+00:00',
    source: 'APP',
    user_id: 'VXNlcjox',
    name: 'correctness',
    annotator_kind: 'HUMAN',
    result: { label: 'delivery', score: null, explanation: null },
    metadata: {},
    identifier: '',
    span_id,
  };

  test('are judgements by span id, page after page, and a line each', async () => {
    const second = { ...annotation, span_id: 'bbbbbbbbbbbbbbbb', result: { score: 0 } };
    const pages = [
      { data: [annotation], next_cursor: 'x' },
      { data: [second], next_cursor: null },
    ];
    for (const file of [pages.map((page) => JSON.stringify(page, null, 2)).join('\n'), [annotation, second]]) {
      expect(detects(phoenixFormat, file)).toBe(true);
      expect(detects(openInferenceFormat, file)).toBe(false);
      const { traces, said } = await itemsOf(phoenixFormat, file);
      expect(said).toEqual([
        [span_id, 'delivery', null],
        ['bbbbbbbbbbbbbbbb', null, 0],
      ]);
      expect(traces[0]).toMatchObject({
        fields: { traceId: span_id },
        annotations: [{ by: { kind: 'human', id: 'VXNlcjox' }, at: '2026-11-02T09:00:00+00:00' }],
      });
    }
  });

  test('without a span are counted or unreadable', async () => {
    const { span_id: _, ...rest } = annotation;
    const { passedOver, unreadable } = await itemsOf(phoenixFormat, [
      { ...rest, trace_id },
      { ...rest, span_id: null },
      { id: 1 },
    ]);
    expect(passedOver).toEqual({ 'annotations of whole traces and sessions': 1, 'records that are no annotations': 1 });
    expect(unreadable).toHaveLength(1);
  });
});

test('data frames of Phoenix that were saved as CSV are read', async () => {
  const spans = `context.span_id,context.trace_id,span_kind,start_time,attributes.input.value,attributes.output.value\n${span_id},${trace_id},LLM,2026-11-01 08:00:00.123456+00:00,"where, please, is it",delivery\n`;
  const annotations = `span_id,annotation_name,annotator_kind,result.label,result.score\n${span_id},correctness,HUMAN,correct,1.0\n`;
  expect([detects(openInferenceFormat, spans), detects(phoenixFormat, annotations)]).toEqual([true, true]);
  expect((await itemsOf(openInferenceFormat, spans)).calls.map(({ fields }) => [fields.traceId, fields.input])).toEqual(
    [[span_id, 'where, please, is it']],
  );
  expect((await itemsOf(phoenixFormat, annotations)).said).toEqual([[span_id, 'correct', 1]]);
});
