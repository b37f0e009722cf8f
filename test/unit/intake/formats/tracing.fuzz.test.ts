import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { atifFormat } from '../../../../shared/intake/formats/atif.ts';
import { bedrockFormat } from '../../../../shared/intake/formats/bedrock.ts';
import { langSmithFormat } from '../../../../shared/intake/formats/langsmith.ts';
import { openInferenceFormat } from '../../../../shared/intake/formats/openinference.ts';
import { otlpFormat } from '../../../../shared/intake/formats/otlp.ts';
import { phoenixFormat } from '../../../../shared/intake/formats/phoenix.ts';
import type { TraceFormat } from '../../../../shared/ports/trace-format.ts';
import { detects, itemsOf } from './items-of.ts';
import { otlpAttributes, otlpLogs, otlpSpans } from './otlp-value.ts';

/** Any JSON: often what a reader hopes for, often something else. */
const { json } = fc.letrec((tie) => ({
  json: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.constantFrom(null, true, 0, 1, -1.5, '', 'x', '[', '{"role":"user"}', '[{"role":"user","content":"x"}]'),
    fc.constantFrom('\u0000', '\ud800', '"', '{"a":', 'toString'),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(
        ...['role', 'content', 'parts', 'type', 'text', 'message', 'kwargs', 'id', 'name', 'label', 'score', 'result'],
        ...['messages', 'generations', 'toolUse', 'toolResult', 'delta', 'contentBlockDelta', 'index', 'key', 'value'],
        ...['stringValue', 'intValue', 'arrayValue', 'kvlistValue', 'values', '__proto__', 'constructor'],
      ),
      tie('json'),
      { maxKeys: 5 },
    ),
  ),
}));

/** Objects with some of the keys, each with any JSON or with what belongs there. */
function objectWith(...keys: readonly string[]): fc.Arbitrary<Readonly<Record<string, unknown>>> {
  return fc.dictionary(fc.constantFrom(...keys), json, { maxKeys: 6 });
}

const otlpNames = [
  ...['gen_ai.operation.name', 'gen_ai.request.model', 'gen_ai.response.id', 'gen_ai.input.messages'],
  ...['gen_ai.output.messages', 'gen_ai.system_instructions', 'gen_ai.prompt.0.content', 'gen_ai.completion.0.content'],
  ...[
    'gen_ai.prompt',
    'gen_ai.completion',
    'gen_ai.evaluation.name',
    'gen_ai.evaluation.score.label',
    'content',
    'message',
  ],
  ...['openinference.span.kind', 'input.value', 'output.value', 'annotations.0.annotation.label', 'metadata'],
  ...['llm.input_messages.0.message.role', 'llm.input_messages.0.message.content', 'llm.output_messages'],
  ...['trace.annotations.0.annotation.label', 'session.evaluations.0.evaluation.score'],
];
const eventName = fc.constantFrom(
  ...['gen_ai.evaluation.result', 'gen_ai.choice', 'gen_ai.user.message', 'gen_ai.content.prompt'],
  ...['gen_ai.content.completion', 'gen_ai.client.inference.operation.details', 'exception'],
);
const id = fc.oneof({ weight: 3, arbitrary: fc.constantFrom('aa', 'bb', 'cc') }, fc.constantFrom('', '00'), json);
const attributes = fc.oneof(
  json,
  fc
    .tuple(
      objectWith(...otlpNames),
      fc.constantFrom(
        {},
        { 'gen_ai.operation.name': 'chat', 'gen_ai.prompt.0.content': 'x' },
        { 'openinference.span.kind': 'LLM' },
      ),
    )
    .map((parts) => otlpAttributes(Object.assign({}, ...parts))),
  fc.array(fc.record({ key: fc.constantFrom(...otlpNames), value: json }), { maxLength: 5 }),
);
const event = fc.record({ name: eventName, timeUnixNano: json, attributes });
const otlpSpan = fc.record(
  {
    traceId: id,
    spanId: id,
    parentSpanId: id,
    startTimeUnixNano: json,
    attributes,
    events: fc.oneof(json, fc.array(event, { maxLength: 3 })),
    links: fc.oneof(json, fc.array(fc.record({ traceId: id, spanId: id }), { maxLength: 2 })),
  },
  { requiredKeys: [] },
);
const otlpLog = fc.record({ traceId: id, spanId: id, eventName, attributes, body: json }, { requiredKeys: [] });

const span = fc
  .tuple(
    fc.record({
      context: fc.oneof(json, fc.record({ trace_id: id, span_id: id })),
      span_kind: fc.constantFrom('LLM', 'CHAIN', 'EVALUATOR', 'TOOL', 7),
    }),
    objectWith('parent_id', 'start_time', 'attributes', 'events', 'links', 'annotations', 'name'),
    objectWith(...otlpNames.slice(-9)).map((fields) => ({ attributes: { 'input.value': 'x', ...fields } })),
  )
  .map((parts) => Object.assign({}, ...parts));

const run = fc
  .tuple(
    objectWith('id', 'trace_id', 'parent_run_id', 'dotted_order', 'extra', 'tags', 'error', 'start_time', 'name'),
    objectWith('inputs', 'outputs'),
    fc.constantFrom(
      { run_type: 'llm', inputs: {} },
      { run_type: 'chain', inputs: { text: 'x' } },
      { run_id: 'a', key: 'k', score: 1 },
    ),
  )
  .map(([fields, bodies, base]) => ({ ...base, ...fields, ...bodies }));
const feedback = objectWith('score', 'value', 'comment', 'correction', 'feedback_source', 'created_at', 'run_id').map(
  (fields) => ({ run_id: 'a', key: 'correctness', score: 1, ...fields }),
);

const body = objectWith(
  ...['messages', 'system', 'prompt', 'inputText', 'message', 'content', 'completion', 'generation', 'outputText'],
  ...['results', 'outputs', 'generations', 'output', 'choices', 'embedding', 'contentBlockStart', 'contentBlockDelta'],
);
const stream = fc.array(
  fc.oneof(
    body,
    json,
    fc.record({
      type: fc.constantFrom('content_block_start', 'content_block_delta'),
      index: json,
      delta: json,
      content_block: json,
    }),
  ),
  { maxLength: 4 },
);
const invocation = fc
  .tuple(
    objectWith('requestId', 'timestamp', 'requestMetadata', 'modelId', 'input', 'output', 'errorCode'),
    fc.oneof(json, body),
    fc.oneof(json, body, stream),
  )
  .map(([fields, inputBodyJson, outputBodyJson]) => ({
    schemaType: 'ModelInvocationLog',
    requestId: 'r',
    input: { inputBodyJson: Object.assign({ prompt: 'x' }, inputBodyJson) },
    output: { outputBodyJson },
    ...fields,
  }));

const step = objectWith(
  'message',
  'reasoning_content',
  'tool_calls',
  'observation',
  'timestamp',
  'is_copied_context',
).chain((fields) => fc.constantFrom('user', 'agent', 'system', 7).map((source) => ({ source, ...fields })));
const trajectory = fc
  .tuple(
    objectWith(
      'session_id',
      'trajectory_id',
      'agent',
      'extra',
      'verifier_result',
      'subagent_trajectories',
      'trajectory',
    ),
    fc.oneof(
      json,
      fc.array(step, { maxLength: 4 }).map((all) => [{ source: 'user', message: 'x' }, ...all]),
    ),
  )
  .map(([fields, steps]) => ({ schema_version: 'ATIF-v1.7', session_id: 's', steps, ...fields }));

const annotation = objectWith('result', 'name', 'identifier', 'user_id', 'updated_at', 'annotator_kind', 'span_id').map(
  (fields) => ({ annotator_kind: 'HUMAN', span_id: 'a', ...fields }),
);

const cases: readonly (readonly [TraceFormat, fc.Arbitrary<unknown>])[] = [
  [
    otlpFormat,
    fc.oneof(
      otlpSpan.map((one) => otlpSpans(one)),
      otlpLog.map((one) => otlpLogs(one)),
      objectWith('resourceSpans', 'resourceLogs', 'spanId', 'attributes'),
    ),
  ],
  [openInferenceFormat, span],
  [phoenixFormat, annotation],
  [langSmithFormat, fc.oneof(run, feedback)],
  [bedrockFormat, invocation],
  [atifFormat, trajectory],
];

describe('a reader', () => {
  test.each(cases.map(([format, record]) => [format.name, format, record] as const))(
    'of %s makes items with ids and reasons of anything, and ends',
    async (_, format, record) => {
      let traces = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(record, { maxLength: 4 }), async (records) => {
          expect(typeof detects(format, records)).toBe('boolean');
          const { items, traces: found } = await itemsOf(format, records);
          traces += found.length;
          for (const item of items) {
            if (item.kind === 'passed-over') expect(item.what).not.toBe('');
            if (item.kind === 'unreadable') expect([item.reason, item.mend]).not.toContain('');
            if (item.kind !== 'trace') continue;
            expect(item.fields.traceId).toEqual(expect.stringMatching(/./s));
            expect(item.annotations.length > 0 || 'input' in item.fields).toBe(true);
            if ('input' in item.fields) expect(typeof item.fields.input).toBe('string');
            for (const { name, label, score } of item.annotations) {
              expect(name).not.toBe('');
              expect(label === null || typeof label === 'string').toBe(true);
              expect(score === null || Number.isFinite(score)).toBe(true);
            }
            expect(() => JSON.stringify(item)).not.toThrow();
          }
        }),
        { numRuns: 200 },
      );
      // The records are near enough to the format for traces to be among them.
      expect(traces).toBeGreaterThan(0);
    },
  );

  test.each(cases.map(([format]) => [format.name, format] as const))(
    'of %s makes no trace of JSON of another kind, and ends',
    async (_, format) => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.dictionary(fc.constantFrom('a', 'input', 'data'), json), { maxLength: 4 }),
          async (records) => {
            expect((await itemsOf(format, records)).traces).toEqual([]);
          },
        ),
        { numRuns: 100 },
      );
    },
  );
});
