import { beforeEach, describe, expect, test } from 'vitest';
import { defaultBackEnds } from '../../../shared/composition/default-back-ends.ts';
import { defaultSettings } from '../../../shared/domain/models/settings.ts';
import type { IngestResult } from '../../../shared/intake/ingest-result.ts';
import { ingestTraces } from '../../../shared/intake/ingest-traces.ts';
import { classificationTask } from '../../../shared/tasks/classification/classification-spec.ts';
import { labelOf } from '../../../shared/tasks/classification/label.ts';
import { type MemoryPorts, memoryPorts } from '../../helpers/memory-ports.ts';
import { bytesOf } from './bytes.ts';
import { otlpAttributes, otlpLogs, otlpSpans } from './formats/otlp-value.ts';

let ports: MemoryPorts;

beforeEach(async () => {
  ports = memoryPorts();
  await ports.lineage.createModel({
    modelId: 'mail',
    task: classificationTask(['delivery', 'refund']),
    ...defaultBackEnds,
    trainerOptions: {},
    settings: defaultSettings,
    splitSalt: 'salt',
    createdAt: '2026-01-01T00:00:00Z',
    revision: 0,
    changes: [],
  });
});

function ingest(document: unknown): Promise<IngestResult> {
  const sources = [{ name: 'file.json', open: async () => bytesOf(JSON.stringify(document)) }];
  return ingestTraces({ modelId: 'mail', sources }, ports);
}

/** Each trace with its time, its answer, and the verdicts and right outputs that were given. */
async function stored(): Promise<unknown> {
  const records = await ports.traceLog.read('mail', { limit: 10 });
  return records.map(({ trace, judgements }) => [
    trace.traceId,
    trace.timestamp,
    trace.output === null ? null : labelOf(trace.output),
    judgements.map(({ verdict, expected, judge }) => [
      judge.kind,
      verdict,
      expected === undefined ? null : labelOf(expected),
    ]),
  ]);
}

describe('spans', () => {
  test('of OpenTelemetry come in, judged by evaluations that came in another file before them', async () => {
    const ids = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };
    const messages = (role: string, text: string) =>
      JSON.stringify([{ role, parts: [{ type: 'text', content: text }] }]);
    const evaluation = {
      ...ids,
      timeUnixNano: '1767225601000000000',
      eventName: 'gen_ai.evaluation.result',
      attributes: otlpAttributes({
        'gen_ai.evaluation.name': 'correctness',
        'gen_ai.evaluation.score.label': 'incorrect',
      }),
    };
    const span = {
      ...ids,
      startTimeUnixNano: '1767225600000000000',
      attributes: otlpAttributes({
        'gen_ai.operation.name': 'chat',
        'gen_ai.input.messages': messages('user', 'where is my parcel'),
        'gen_ai.output.messages': messages('assistant', 'refund'),
      }),
    };
    expect(await ingest(otlpLogs(evaluation))).toMatchObject({ ingested: 0, judgements: 1, parked: 1 });
    expect(await ingest(otlpSpans(span))).toMatchObject({ ingested: 1, quarantined: 0 });
    expect(await stored()).toEqual([[ids.traceId, '2026-01-01T00:00:00.000Z', 'refund', [['rule', 'fail', null]]]]);
  });

  test('of OpenInference come in, judged by annotations of Phoenix that name the span', async () => {
    const span = {
      context: { trace_id: '80f198ee56343ba864fe8b2a57d3eff7', span_id: 'e457b5a2e4d86bd1' },
      span_kind: 'LLM',
      start_time: '2026-01-01T00:00:00.123456+00:00',
      attributes: { 'input.value': 'where is my parcel', 'output.value': 'refund' },
    };
    const annotation = { span_id: 'e457b5a2e4d86bd1', name: 'correct label', annotator_kind: 'HUMAN' };
    expect(await ingest({ data: [span], next_cursor: null })).toMatchObject({ ingested: 1, judgements: 0 });
    const answer = { data: [{ ...annotation, result: { label: 'delivery', score: null } }], next_cursor: null };
    expect(await ingest(answer)).toMatchObject({ ingested: 0, judgements: 1, parked: 0 });
    expect(await stored()).toEqual([
      ['e457b5a2e4d86bd1', expect.stringMatching(/^2026-01-01T00:00:00/), 'refund', [['human', 'fail', 'delivery']]],
    ]);
  });
});
