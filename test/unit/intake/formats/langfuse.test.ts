import { describe, expect, test } from 'vitest';
import { langfuseFormat } from '../../../../shared/intake/formats/langfuse.ts';
import type { FormatItem, RawTrace } from '../../../../shared/ports/trace-format.ts';
import { headOfText, itemsOf, linesOf } from './read-items.ts';

// By the field reference of Langfuse's blob storage export: times in UTC without a zone, JSON in texts, empty texts for
// what was not set.
const generation = {
  id: 'obs-1',
  trace_id: 'tr-1',
  project_id: 'p',
  environment: 'production',
  type: 'GENERATION',
  parent_observation_id: '',
  start_time: '2026-11-01 08:00:00.963000',
  end_time: '2026-11-01 08:00:01.100000',
  name: 'classify',
  metadata: { lang: 'de' },
  level: 'DEFAULT',
  input: '[{"role":"system","content":"One label."},{"role":"user","content":"where is my parcel"}]',
  output: '{"role":"assistant","content":"delivery"}',
  provided_model_name: 'support',
  tool_calls: [],
  user_id: '',
};

const trace: Omit<RawTrace, 'text' | 'source'> = {
  kind: 'trace',
  line: 1,
  fields: {
    traceId: 'tr-1',
    timestamp: '2026-11-01 08:00:00.963000',
    input: 'where is my parcel',
    output: 'delivery',
    metadata: {
      lang: 'de',
      name: 'classify',
      provided_model_name: 'support',
      level: 'DEFAULT',
      environment: 'production',
      observation_id: 'obs-1',
      system: 'One label.',
    },
  },
  annotations: [],
};

const score = {
  id: 'sc-1',
  timestamp: '2026-11-02 10:00:00.000000',
  project_id: 'p',
  environment: 'production',
  trace_id: 'tr-1',
  observation_id: null,
  session_id: null,
  name: 'right-label',
  value: 3,
  source: 'ANNOTATION',
  comment: 'asks for its place',
  data_type: 'CATEGORICAL',
  string_value: 'delivery',
};

const read = (...records: readonly unknown[]) => itemsOf(langfuseFormat, linesOf(...records));
const fieldsOf = (items: readonly FormatItem[]) => items.map((item) => (item.kind === 'trace' ? item.fields : item));
const annotationsOf = (items: readonly FormatItem[]) => items.flatMap((i) => (i.kind === 'trace' ? i.annotations : []));

describe('an export of Langfuse', () => {
  test('gives its generations as traces, in JSON lines, lists, answers of the interface and CSV', async () => {
    const csv = [
      'id,trace_id,type,start_time,name,metadata,level,input,output,provided_model_name,environment,tool_calls',
      `obs-1,tr-1,GENERATION,2026-11-01 08:00:00.963000,classify,"{""lang"":""de""}",DEFAULT,"${generation.input.replaceAll('"', '""')}","${generation.output.replaceAll('"', '""')}",support,production,[]`,
    ].join('\n');
    for (const content of [
      linesOf(generation),
      JSON.stringify([generation], null, 1),
      JSON.stringify({ data: [generation], meta: { cursor: null } }),
    ]) {
      expect(langfuseFormat.detects(headOfText(content))).toBe(true);
      expect(await itemsOf(langfuseFormat, content)).toMatchObject([trace]);
    }
    expect(langfuseFormat.detects(headOfText(csv))).toBe(true);
    expect(await itemsOf(langfuseFormat, csv)).toMatchObject([{ ...trace, line: 2 }]);
  });

  test('reads the names of the interface, which are in camel case', async () => {
    const { trace_id, start_time, provided_model_name, ...rest } = generation;
    const camel = {
      ...rest,
      traceId: trace_id,
      startTime: '2026-11-01T08:00:00.963Z',
      providedModelName: provided_model_name,
    };
    const { fields } = trace;
    expect(fieldsOf(await read(camel))).toEqual([{ ...fields, timestamp: '2026-11-01T08:00:00.963Z' }]);
  });

  test('takes inputs and outputs as texts, messages, requests and objects', async () => {
    const of = async (input: unknown, output: unknown) => {
      const [item] = fieldsOf(await read({ ...generation, input, output }));
      return item !== undefined && 'input' in item ? [item.input, item.output] : item;
    };
    expect(await of('hello', 'a')).toEqual(['hello', 'a']);
    expect(await of('[not json', '```json\n{"label":"a"}\n```')).toEqual(['[not json', '```json\n{"label":"a"}\n```']);
    expect(await of({ messages: [{ role: 'user', content: 'hi' }] }, [{ role: 'assistant', content: 'a' }])).toEqual([
      'hi',
      'a',
    ]);
    expect(await of([{ role: 'user', content: 'hi' }], { choices: [{ message: { content: 'a' } }] })).toEqual([
      'hi',
      'a',
    ]);
    expect(await of({ ticket: 'hi' }, { label: 'a' })).toEqual([{ ticket: 'hi' }, { label: 'a' }]);
    expect(await of('hello', '{"role":"assistant","content":"a"}')).toEqual(['hello', 'a']);
    expect(await of('hello', '')).toEqual(['hello', null]);
    expect(await of([{ role: 'user', content: 'hi' }], '')).toEqual(['hi', null]);
    expect(await of([{ role: 'user', content: 'hi' }], '{"label":"a"}')).toEqual(['hi', '{"label":"a"}']);
  });

  test('has the calls of tools as steps', async () => {
    const tool_calls = ['{"id":"c","name":"find","arguments":"{\\"n\\":1}","type":"function"}'];
    const [item] = fieldsOf(await read({ ...generation, tool_calls, tool_call_names: ['find'] }));
    expect(item).toMatchObject({ steps: [{ type: 'tool_call', name: 'find', input: { n: 1 } }] });
  });

  test('passes over what is no generation, and names generations without an input', async () => {
    expect(await read({ ...generation, type: 'SPAN' }, { ...generation, input: '' })).toMatchObject([
      { kind: 'passed-over', line: 1, what: 'observations that are no generation' },
      { kind: 'unreadable', line: 2, reason: 'its input was not recorded' },
    ]);
  });

  test('without inputs and outputs is one fault', async () => {
    const { input: _input, output: _output, ...core } = generation;
    await expect(read(core)).rejects.toMatchObject({
      name: 'InvalidInput',
      message: 'file has neither inputs nor outputs of its observations.',
    });
  });

  test('gives further generations of a trace ids of their own, and their scores', async () => {
    const second = { ...generation, id: 'obs-2', input: 'again' };
    const of = (observation_id: string | null) => ({ ...score, observation_id });
    const records = [generation, second, generation, of('obs-1'), of('obs-2'), of(null), of('obs-9')];
    const ids = (await read(...records)).map((item) => (item.kind === 'trace' ? item.fields.traceId : null));
    expect(ids).toEqual(['tr-1', 'tr-1:obs-2', 'tr-1', 'tr-1', 'tr-1:obs-2', 'tr-1', 'tr-1']);
    const apart = await read(of('obs-2'), of('obs-3'), of('obs-2'), of(null));
    expect(apart.map((item) => (item.kind === 'trace' ? item.fields.traceId : null))).toEqual([
      'tr-1',
      'tr-1:obs-3',
      'tr-1',
      'tr-1',
    ]);
  });

  test('gives its scores as judgements by trace id', async () => {
    expect(langfuseFormat.detects(headOfText(linesOf(score)))).toBe(true);
    expect(await read(score)).toMatchObject([
      {
        kind: 'trace',
        line: 1,
        fields: { traceId: 'tr-1' },
        annotations: [
          {
            name: 'right-label',
            label: 'delivery',
            score: null,
            correction: null,
            explanation: 'asks for its place',
            by: { kind: 'human', id: null },
            at: '2026-11-02 10:00:00.000000',
          },
        ],
      },
    ]);
  });

  test('tells figures, flags, categories and texts apart, and who gave them', async () => {
    const scores = [
      { ...score, data_type: 'NUMERIC', value: 0.8, string_value: null, source: 'EVAL' },
      { ...score, data_type: 'BOOLEAN', value: 1, string_value: 'True', source: 'API' },
      { ...score, data_type: 'BOOLEAN', value: '0', string_value: '' },
      { ...score, data_type: 'TEXT', value: 0, string_value: 'fine', author_user_id: 'ann' },
    ];
    expect(annotationsOf(await read(...scores))).toMatchObject([
      { label: null, score: 0.8, by: { kind: 'llm' } },
      { label: null, score: 1, by: { kind: null } },
      { label: null, score: 0, by: { kind: 'human' } },
      { label: 'fine', score: null, by: { kind: 'human', id: 'ann' } },
    ]);
  });

  test('reads the saved answer of the interface for corrections, and what it is about', async () => {
    const correction = {
      id: 's',
      projectId: 'p',
      name: 'output',
      value: 'refund',
      dataType: 'CORRECTION',
      source: 'ANNOTATION',
      timestamp: '2026-11-02T10:00:00.000Z',
      environment: 'default',
      authorUserId: 'ann',
    };
    const answer = {
      data: [
        { ...correction, subject: { kind: 'trace', id: 'tr-1' } },
        { ...correction, subject: { kind: 'observation', id: 'obs-1', traceId: 'tr-2' } },
        { ...correction, subject: { kind: 'session', id: 'se' } },
      ],
      meta: { limit: 50, cursor: 'x' },
    };
    const items = await itemsOf(langfuseFormat, JSON.stringify(answer));
    expect(items).toMatchObject([
      { line: 1, fields: { traceId: 'tr-1' }, annotations: [{ correction: 'refund', label: null, score: null }] },
      { line: 2, fields: { traceId: 'tr-2' }, annotations: [{ by: { kind: 'human', id: 'ann' } }] },
      { kind: 'passed-over', line: 3, what: 'scores that are about no trace' },
    ]);
    await expect(itemsOf(langfuseFormat, JSON.stringify({ data: [correction] }))).rejects.toMatchObject({
      name: 'InvalidInput',
      message: 'file does not say what its scores are about.',
    });
    const old = { ...correction, value: 0, stringValue: 'refund', traceId: 'tr-3' };
    expect(await read(old)).toMatchObject([{ fields: { traceId: 'tr-3' }, annotations: [{ correction: 'refund' }] }]);
  });

  test('of traces alone gives their inputs and outputs', async () => {
    const whole = {
      id: 'tr-1',
      timestamp: '2026-11-01 08:00:00.000000',
      name: 'support',
      environment: 'production',
      project_id: 'p',
      metadata: {},
      public: false,
      bookmarked: false,
      tags: ['a'],
      input: 'where is my parcel',
      output: 'delivery',
    };
    expect(langfuseFormat.detects(headOfText(linesOf(whole)))).toBe(true);
    expect(await read(whole, { ...whole, input: null })).toMatchObject([
      {
        fields: {
          traceId: 'tr-1',
          timestamp: '2026-11-01 08:00:00.000000',
          input: 'where is my parcel',
          output: 'delivery',
        },
      },
      { kind: 'passed-over', what: 'traces without an input' },
    ]);
    const [judged] = await read({ ...whole, scores: [score] });
    expect(judged).toMatchObject({ annotations: [{ label: 'delivery' }] });
  });

  test('read twice gives the same ids, and ids that are numbers keep their digits', async () => {
    const text = linesOf(generation).replace('"tr-1"', '12345678901234567890');
    const items = await itemsOf(langfuseFormat, text);
    expect(fieldsOf(items)).toMatchObject([{ traceId: '12345678901234567890' }]);
    expect(await itemsOf(langfuseFormat, text)).toEqual(items);
  });

  test('is told from records of others', () => {
    for (const other of [
      { traceId: 't', timestamp: '2026-11-01T08:00:00Z', input: 'x', output: 'y' },
      { id: 'r', trace_id: 't', run_type: 'llm', start_time: '2026-11-01T08:00:00Z', inputs: {}, outputs: {} },
      { messages: [{ role: 'user', content: 'x' }] },
      { id: 1, name: 'x', value: 2, type: 'GENERATION' },
    ])
      expect(langfuseFormat.detects(headOfText(linesOf(other)))).toBe(false);
  });
});
