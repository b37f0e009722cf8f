import { describe, expect, test } from 'vitest';
import { langSmithFormat } from '../../../../shared/intake/formats/langsmith.ts';
import { detects, itemsOf } from './items-of.ts';

const root = 'df570c03-5a03-4cea-8df0-c162d05127ac';
const child = '497f6eca-6276-4993-bfeb-53cbbbba6f08';

function run(fields: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return {
    id: child,
    name: 'ChatOpenAI',
    inputs: {
      messages: [
        { role: 'system', content: 'Answer with a label.' },
        { role: 'user', content: 'where is my parcel' },
      ],
    },
    run_type: 'llm',
    start_time: '2026-11-01T00:49:12.090000',
    extra: { metadata: { slice: 'mail' } },
    error: null,
    outputs: { messages: [{ role: 'assistant', content: 'delivery' }] },
    parent_run_id: root,
    tags: ['beta'],
    trace_id: root,
    dotted_order: `20261101T004912080000Z${root}.20261101T004912090000Z${child}`,
    feedback_stats: { correctness: { n: 1, avg: 1 } },
    ...fields,
  };
}

const rootRun = run({
  id: root,
  name: 'classify',
  run_type: 'chain',
  parent_run_id: null,
  inputs: { text: 'where is my parcel' },
  outputs: { label: 'delivery' },
  dotted_order: `20261101T004912080000Z${root}`,
});

function feedback(fields: Readonly<Record<string, unknown>> = {}): unknown {
  return {
    id: '11111111-0000-4000-8000-000000000000',
    created_at: '2026-11-02T08:00:00',
    run_id: child,
    key: 'correctness',
    score: 0,
    value: null,
    comment: 'asks for tracking',
    correction: null,
    feedback_source: { type: 'app', user_id: 'u-1' },
    ...fields,
  };
}

describe('a run of a model', () => {
  test('is a trace by its id', async () => {
    const { calls, items } = await itemsOf(langSmithFormat, [run()]);
    expect(items).toHaveLength(1);
    expect(calls[0]?.fields).toEqual({
      traceId: child,
      timestamp: '2026-11-01T00:49:12.090000',
      input: 'where is my parcel',
      output: 'delivery',
      metadata: {
        slice: 'mail',
        langSmithTraceId: root,
        name: 'ChatOpenAI',
        tags: ['beta'],
        system: 'Answer with a label.',
      },
    });
  });

  const human = { lc: 1, type: 'constructor', id: ['langchain', 'schema', 'messages', 'HumanMessage'] };
  const ai = { lc: 1, type: 'constructor', id: ['langchain', 'schema', 'messages', 'AIMessage'] };
  test.each([
    [
      'serialised messages of LangChain',
      { messages: [[{ ...human, kwargs: { content: 'where is my parcel', type: 'human' } }]] },
      { generations: [[{ text: 'delivery', message: { ...ai, kwargs: { content: 'delivery', type: 'ai' } } }]] },
    ],
    ['prompts and generations', { prompts: ['where is my parcel'] }, { generations: [[{ text: 'delivery' }]] }],
    [
      'an answer of OpenAI',
      { messages: [{ role: 'user', content: 'where is my parcel' }] },
      { choices: [{ index: 0, message: { role: 'assistant', content: 'delivery' } }] },
    ],
    [
      'a message as the output',
      { input: 'where is my parcel' },
      { output: { role: 'assistant', content: 'delivery' } },
    ],
    [
      'a message in place of the outputs',
      { question: 'where is my parcel' },
      { role: 'assistant', content: 'delivery' },
    ],
    ['one text each, by any name', { mail: 'where is my parcel' }, { anything: 'delivery' }],
  ])('has %s', async (_, inputs, outputs) => {
    const { calls } = await itemsOf(langSmithFormat, [run({ inputs, outputs })]);
    expect(calls.map(({ fields }) => [fields.input, fields.output])).toEqual([['where is my parcel', 'delivery']]);
  });

  test('that failed gave no answer', async () => {
    const { calls } = await itemsOf(langSmithFormat, [run({ outputs: null, error: 'timed out' })]);
    expect(calls[0]?.fields).toMatchObject({ output: null, metadata: { error: 'timed out' } });
  });

  test('without inputs is counted, without an id unreadable', async () => {
    const { unreadable, passedOver } = await itemsOf(langSmithFormat, [
      run({ inputs: {} }),
      run({ inputs: {}, inputs_s3_urls: { ROOT: { s3_url: 's3://x' } } }),
      run({ id: null }),
    ]);
    expect(passedOver).toEqual({ 'runs without inputs': 1, 'runs whose inputs lie apart, in inputs_s3_urls': 1 });
    expect(unreadable).toHaveLength(1);
  });
});

describe('a root', () => {
  test('is a trace where its trace has no run of a model', async () => {
    const { calls } = await itemsOf(langSmithFormat, [rootRun, run({ run_type: 'tool' })]);
    expect(calls.map(({ fields }) => [fields.traceId, fields.input, fields.output])).toEqual([
      [root, 'where is my parcel', 'delivery'],
    ]);
  });

  test('is none where there is one', async () => {
    const { calls, passedOver } = await itemsOf(langSmithFormat, [rootRun, run()]);
    expect(calls.map(({ fields }) => fields.traceId)).toEqual([child]);
    expect(passedOver).toEqual({ 'runs that are no model call': 1 });
  });
});

describe('feedback', () => {
  test('is a judgement by the id of its run, before that run too', async () => {
    const { traces } = await itemsOf(langSmithFormat, [feedback(), run()]);
    expect(traces.find(({ annotations }) => annotations.length > 0)).toMatchObject({
      fields: { traceId: child },
      annotations: [
        {
          name: 'correctness',
          label: null,
          score: 0,
          correction: null,
          explanation: 'asks for tracking',
          by: { kind: 'human', id: 'u-1' },
          at: '2026-11-02T08:00:00',
        },
      ],
    });
  });

  test.each([
    ['app', 'human'],
    ['evaluator', 'llm'],
    ['model', 'llm'],
    ['api', null],
  ])('of a source of type %s is said by %s', async (type, kind) => {
    const { traces } = await itemsOf(langSmithFormat, [feedback({ feedback_source: { type } })]);
    expect(traces[0]?.annotations[0]?.by.kind).toBe(kind);
  });

  test.each([
    ['delivery', 'delivery'],
    [{ label: 'delivery' }, 'delivery'],
    [
      { label: 'delivery', sure: true },
      { label: 'delivery', sure: true },
    ],
    [{}, null],
  ])('with the correction %j is corrected to %j', async (correction, right) => {
    const { traces } = await itemsOf(langSmithFormat, [feedback({ correction })]);
    expect(traces[0]?.annotations[0]?.correction).toEqual(right);
  });

  test('with a value or a score of true has it', async () => {
    const { said } = await itemsOf(langSmithFormat, [
      feedback({ score: null, value: 'delivery' }),
      feedback({ score: true }),
    ]);
    expect(said).toEqual([
      [child, 'delivery', null],
      [child, null, 1],
    ]);
  });

  test('of a root judges the one model call of its trace, in one file', async () => {
    const ofRoot = feedback({ run_id: root });
    expect((await itemsOf(langSmithFormat, [rootRun, run(), ofRoot])).said).toEqual([[child, null, 0]]);
    const several = await itemsOf(langSmithFormat, [run(), run({ id: 'another' }), ofRoot]);
    expect(several.passedOver).toEqual({ 'feedback of traces with several model calls': 1 });
    expect((await itemsOf(langSmithFormat, [ofRoot])).said).toEqual([[root, null, 0]]);
  });
});

test('a file is recognised by its runs or its feedback', () => {
  expect(detects(langSmithFormat, [run()])).toBe(true);
  expect(detects(langSmithFormat, JSON.stringify([feedback()], null, 2))).toBe(true);
  expect(detects(langSmithFormat, [{ traceId: 't', input: 'run_type', output: 'inputs' }])).toBe(false);
});
