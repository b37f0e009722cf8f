import { gzipSync, zstdCompressSync } from 'node:zlib';

/** Small files as other tools write them, by what they are; the fuzzer begins with these. */
const json: Readonly<Record<string, readonly unknown[]>> = {
  ratchet: [
    {
      traceId: 't-1',
      timestamp: '2026-03-01T09:30:00Z',
      input: 'where is my parcel',
      output: 'refund',
      confidence: 0.61,
      expected: 'delivery',
      judge: { kind: 'human', id: 'ana', reason: 'asks for tracking' },
      metadata: { user: 'u1', slice: 'web' },
    },
    { traceId: 't-2', timestamp: 1772357400, input: 'pay me back', output: null, verdict: 'fail' },
    { traceId: 't-1', verdict: 'pass', judge: { kind: 'llm', id: 'm' } },
  ],
  examples: [
    { input: 'where is my parcel', output: 'delivery' },
    { input: 'Ana lives in Paris', output: [{ label: 'city', start: 13, end: 18, text: 'Paris' }] },
  ],
  otlp: [
    {
      resourceSpans: [
        {
          resource: { attributes: [{ key: 'service.name', value: { stringValue: 's' } }] },
          scopeSpans: [
            {
              spans: [
                {
                  traceId: 'aa',
                  spanId: 'bb',
                  startTimeUnixNano: '1772357400000000000',
                  attributes: [
                    { key: 'gen_ai.operation.name', value: { stringValue: 'chat' } },
                    { key: 'gen_ai.prompt.0.role', value: { stringValue: 'user' } },
                    { key: 'gen_ai.prompt.0.content', value: { stringValue: 'where is it' } },
                    { key: 'gen_ai.completion.0.content', value: { stringValue: 'delivery' } },
                  ],
                  events: [
                    {
                      name: 'gen_ai.evaluation.result',
                      attributes: [{ key: 'gen_ai.evaluation.score.label', value: { stringValue: 'pass' } }],
                    },
                  ],
                },
              ],
            },
          ],
        },
      ],
    },
  ],
  openinference: [
    {
      context: { trace_id: 'aa', span_id: 'bb' },
      start_time: '2026-03-01T09:30:00Z',
      span_kind: 'LLM',
      attributes: {
        'openinference.span.kind': 'LLM',
        'input.value': 'where is it',
        'output.value': 'delivery',
        'llm.input_messages': [{ 'message.role': 'user', 'message.content': 'where is it' }],
      },
    },
  ],
  langfuse: [
    {
      id: 'o1',
      traceId: 't1',
      type: 'GENERATION',
      startTime: '2026-03-01T09:30:00Z',
      input: 'where',
      output: 'delivery',
    },
    {
      id: 's1',
      traceId: 't1',
      observationId: 'o1',
      name: 'correctness',
      value: 0,
      dataType: 'NUMERIC',
      source: 'ANNOTATION',
    },
  ],
  langsmith: [
    {
      id: 'r1',
      trace_id: 'r1',
      run_type: 'llm',
      start_time: '2026-03-01T09:30:00',
      inputs: { messages: [[{ kwargs: { content: 'where' }, id: ['HumanMessage'] }]] },
      outputs: { generations: [[{ text: 'delivery' }]] },
      feedback_stats: { correctness: { n: 1, avg: 1 } },
    },
  ],
  bedrock: [
    {
      schemaType: 'ModelInvocationLog',
      schemaVersion: '1.0',
      timestamp: '2026-03-01T09:30:00Z',
      requestId: 'q1',
      operation: 'Converse',
      modelId: 'm',
      input: { inputBodyJson: { messages: [{ role: 'user', content: [{ text: 'where' }] }] } },
      output: { outputBodyJson: { output: { message: { role: 'assistant', content: [{ text: 'delivery' }] } } } },
    },
  ],
  chat: [
    {
      messages: [
        { role: 'system', content: 's' },
        { role: 'user', content: 'where' },
        { role: 'assistant', content: 'delivery' },
      ],
    },
  ],
  atif: [
    {
      schema_version: 'ATIF-v1.4',
      session_id: 's',
      agent: { name: 'a', version: '1' },
      steps: [
        { step_id: 1, source: 'user', message: 'where' },
        {
          step_id: 2,
          source: 'agent',
          message: 'delivery',
          tool_calls: [{ tool_call_id: 'c', function_name: 'f', arguments: {} }],
        },
      ],
    },
  ],
  doccano: [{ id: 1, text: 'Ana lives in Paris', label: [[13, 18, 'city']] }],
  labelStudio: [
    {
      id: 1,
      data: { text: 'Ana lives in Paris' },
      annotations: [{ result: [{ type: 'labels', value: { start: 13, end: 18, text: 'Paris', labels: ['city'] } }] }],
    },
  ],
  spacy: [{ text: 'Ana lives in Paris', ents: [{ start: 13, end: 18, label: 'city' }] }],
  tokens: [{ tokenized_text: ['Ana', 'lives'], ner: [[0, 0, 'person']] }],
  flywheel: [
    {
      timestamp: 1772357400,
      workload_id: 'w',
      client_id: 'c',
      request: { messages: [{ role: 'user', content: 'x' }] },
      response: { choices: [{ message: { content: 'y' } }] },
    },
  ],
  dropOptions: [{ format: 'csv', map: { input: 'a.b' }, passAt: 0.5 }],
  chatConfiguration: [
    {
      url: 'http://localhost:11434/v1',
      model: 'qwen3:8b',
      window: 4096,
      prices: { input: 1, cachedInput: 0, output: 2 },
    },
  ],
  openAi: [
    {
      choices: [
        {
          message: {
            content: '{"reason":"r","verdict":"fail","correction":"refund"}',
            tool_calls: [{ id: 'c', function: { name: 'f', arguments: '{}' } }],
          },
          finish_reason: 'stop',
        },
      ],
      usage: { prompt_tokens: 10, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 1 } },
    },
  ],
  bedrockAnswer: [
    {
      output: { message: { content: [{ text: 'x' }, { toolUse: { toolUseId: 'c', name: 'f', input: {} } }] } },
      stopReason: 'tool_use',
      usage: { inputTokens: 1, outputTokens: 2 },
    },
  ],
  opinion: [{ reason: 'asks for its money', verdict: 'fail', correction: 'refund' }],
  job: [
    {
      version: 1,
      key: 'k',
      backEnd: 'words',
      task: { kind: 'classification' },
      dataset: { path: 'dataset.jsonl', sha256: '0'.repeat(64) },
      models: [{ name: 'all', heldOut: null }],
      evaluationSets: [],
      configuration: {},
      seed: 1,
      foundation: 'f',
      teacher: null,
      checkpointSeconds: 60,
    },
  ],
};
const texts: Readonly<Record<string, string>> = {
  csv: 'id,text,label,created\n1,"where, is ""it""",delivery,2026-03-01\n2,pay me back,refund,2026-03-02\n',
  tsv: 'text\tlabel\nwhere is it\tdelivery\npay me\trefund\n',
  conll: '-DOCSTART- -X- O O\n\nAna B-PER\nlives O\nin O\nParis B-LOC\n\n',
  array: '[{"text":"where","label":"delivery"},{"text":"pay","label":"refund"}]',
};
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

export const samples: ReadonlyMap<string, Uint8Array> = new Map([
  ...Object.entries(json).map(
    ([name, lines]) => [name, encode(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))] as const,
  ),
  ...Object.entries(texts).map(([name, text]) => [name, encode(text)] as const),
  ['gzip', new Uint8Array(gzipSync(encode(texts.csv ?? '')))],
  ['zstd', new Uint8Array(zstdCompressSync(encode(texts.csv ?? '')))],
]);
