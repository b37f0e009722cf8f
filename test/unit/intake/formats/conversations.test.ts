import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RatchetError } from '../../../../shared/domain/base/errors.ts';
import { chatFormat } from '../../../../shared/intake/formats/chat.ts';
import { flywheelFormat } from '../../../../shared/intake/formats/flywheel.ts';
import { langfuseFormat } from '../../../../shared/intake/formats/langfuse.ts';
import { pioneerFormat } from '../../../../shared/intake/formats/pioneer.ts';
import { headOfText, itemsOf, linesOf } from './read-items.ts';

const asked = [
  { role: 'system', content: 'One label.' },
  { role: 'user', content: 'where is my parcel' },
];

describe('conversations', () => {
  test('are inputs and outputs, in JSON lines, lists and CSV', async () => {
    const line = { messages: [...asked, { role: 'assistant', content: 'delivery' }] };
    const fields = { input: 'where is my parcel', output: 'delivery', metadata: { system: 'One label.' } };
    const csv = `id,messages\n7,"${JSON.stringify(line.messages).replaceAll('"', '""')}"`;
    for (const content of [linesOf(line, line), JSON.stringify([line, line])]) {
      expect(chatFormat.detects(headOfText(content))).toBe(true);
      expect(await itemsOf(chatFormat, content)).toMatchObject([
        { kind: 'trace', line: 1, fields, annotations: [], source: line },
        { line: 2, fields },
      ]);
    }
    expect(chatFormat.detects(headOfText(csv))).toBe(true);
    expect(await itemsOf(chatFormat, csv)).toMatchObject([{ line: 2, fields: { ...fields, traceId: '7' } }]);
  });

  test('keep what else stands in the line, such as a judgement', async () => {
    const [item] = await itemsOf(chatFormat, linesOf({ messages: asked, traceId: 't', expected: 'refund', tools: [] }));
    expect(item).toMatchObject({
      fields: { traceId: 't', expected: 'refund', tools: [], input: 'where is my parcel' },
    });
    expect(item).not.toHaveProperty('fields.output');
  });

  test('are read from stored completions with their messages', async () => {
    const stored = {
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1793520000,
      model: 'small',
      metadata: { tier: 'gold' },
      choices: [{ index: 0, message: { role: 'assistant', content: 'delivery' }, finish_reason: 'stop' }],
    };
    const answer = JSON.stringify({ object: 'list', data: [{ ...stored, messages: asked }, stored], has_more: false });
    expect(chatFormat.detects(headOfText(answer))).toBe(true);
    expect(await itemsOf(chatFormat, answer)).toMatchObject([
      {
        fields: {
          traceId: 'chatcmpl-1',
          timestamp: 1793520000,
          input: 'where is my parcel',
          output: 'delivery',
          metadata: { tier: 'gold', model: 'small', system: 'One label.' },
        },
      },
      { kind: 'unreadable', line: 2, reason: 'no message says what the model was asked' },
    ]);
  });
});

describe('logs of the flywheel', () => {
  const log = {
    timestamp: 1715854074,
    workload_id: 'router',
    client_id: 'acme',
    request: { model: 'large', messages: asked },
    response: {
      id: 'chatcmpl-abc',
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: 'delivery',
            tool_calls: [{ function: { name: 'find', arguments: '{"n":1}' } }],
          },
        },
      ],
    },
  };

  test('are traces', async () => {
    expect(flywheelFormat.detects(headOfText(linesOf(log)))).toBe(true);
    expect(await itemsOf(flywheelFormat, linesOf(log))).toMatchObject([
      {
        kind: 'trace',
        fields: {
          traceId: 'chatcmpl-abc',
          timestamp: 1715854074,
          input: 'where is my parcel',
          output: 'delivery',
          steps: [{ type: 'tool_call', name: 'find', input: { n: 1 } }],
          metadata: { workload_id: 'router', client_id: 'acme', model: 'large', system: 'One label.' },
        },
      },
    ]);
  });

  test('without a response have no answer', async () => {
    const [item] = await itemsOf(flywheelFormat, linesOf({ ...log, response: null, id: 'x' }));
    expect(item).toMatchObject({ fields: { traceId: 'x', output: null } });
  });
});

describe('inferences of Pioneer', () => {
  const record = {
    id: 'inf-1',
    model_id: 'job-1',
    task: 'classification',
    input: 'where is my parcel',
    output: { label: 'refund' },
    created_at: '2026-11-01T08:00:00Z',
    human_verdict: 'incorrect',
    human_corrected_output: { label: 'delivery' },
    human_feedback_notes: 'asks for its place',
    human_feedback_at: '2026-11-02T08:00:00Z',
    llmaj_verdict: 'pass',
    llmaj_score: 0.9,
    llmaj_reasoning: 'fits',
  };

  test('are traces with what people and models judged', async () => {
    const content = JSON.stringify({ inferences: [record], count: 1 });
    expect(pioneerFormat.detects(headOfText(content))).toBe(true);
    expect(await itemsOf(pioneerFormat, content)).toMatchObject([
      {
        kind: 'trace',
        line: 1,
        fields: {
          traceId: 'inf-1',
          timestamp: '2026-11-01T08:00:00Z',
          input: 'where is my parcel',
          output: { label: 'refund' },
          metadata: { model_id: 'job-1', task: 'classification' },
        },
        annotations: [
          {
            name: 'human_verdict',
            label: 'incorrect',
            correction: { label: 'delivery' },
            explanation: 'asks for its place',
            by: { kind: 'human', id: null },
            at: '2026-11-02T08:00:00Z',
          },
          { name: 'llmaj_verdict', label: 'pass', score: 0.9, explanation: 'fits', by: { kind: 'llm', id: null } },
        ],
      },
    ]);
  });

  test('that nobody judged, or a model that was not certain, have no judgement', async () => {
    const unjudged = { ...record, human_verdict: null, human_corrected_output: null, llmaj_verdict: 'uncertain' };
    expect(await itemsOf(pioneerFormat, linesOf(unjudged))).toMatchObject([{ kind: 'trace', annotations: [] }]);
  });

  test('may hold messages or an object with a text', async () => {
    const inputs = [JSON.stringify(asked), { messages: asked }, { text: 'where is my parcel' }];
    const items = await itemsOf(pioneerFormat, linesOf(...inputs.map((input) => ({ ...record, input }))));
    for (const item of items) expect(item).toMatchObject({ fields: { input: 'where is my parcel' } });
    expect(items).toHaveLength(3);
  });
});

describe('every shape of records', () => {
  test('is read or refused as invalid input, for any values in its fields', async () => {
    const bases = {
      chat: { messages: asked, choices: [], id: 'x', object: 'chat.completion' },
      flywheel: { request: { messages: asked }, response: {}, timestamp: 1 },
      pioneer: { id: 'x', input: '', output: '', human_verdict: '', llmaj_score: 1 },
      langfuse: { id: 'x', trace_id: 't', type: 'GENERATION', start_time: '', input: '', output: '', tool_calls: [] },
      scores: { id: 'x', trace_id: 't', name: 'n', value: 1, data_type: 'NUMERIC', subject: {}, source: 'API' },
    };
    const formats = [chatFormat, flywheelFormat, pioneerFormat, langfuseFormat];
    const value = fc.oneof(fc.jsonValue(), fc.json(), fc.constantFrom('[{"role":"user"}]', '{"choices":[{}]}'));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...Object.values(bases)), fc.array(value), async (base, values) => {
        const names = Object.keys(base);
        const record = { ...base, ...Object.fromEntries(values.map((value, at) => [names[at % names.length], value])) };
        for (const format of formats) {
          try {
            const items = await itemsOf(format, linesOf(record));
            expect(items).toHaveLength(1);
            for (const item of items)
              if (item.kind === 'trace') expect(Object.values(item.fields)).not.toContain(undefined);
          } catch (error) {
            expect(error).toBeInstanceOf(RatchetError);
            expect(error).toMatchObject({ name: 'InvalidInput' });
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
