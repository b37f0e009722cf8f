import type { FormatItem, TraceFormat } from '../../ports/trace-format.ts';
import { judgementOf, passedOver, textOfSource } from './items.ts';
import { phoenixAnnotation } from './phoenix-annotation.ts';
import { readAnyRecords, recordsOfHead } from './record-shape.ts';
import type { JsonObject, JsonRecord } from './records.ts';
import { idOf } from './untrusted.ts';

/**
 * Annotations of spans as the REST interface of Phoenix answers them: `{"data":[{"span_id","name","annotator_kind",
 * "result"}],"next_cursor"}`, pages one after the other, or an annotation a line. Each is a judgement of the trace whose id
 * is the span id, as traces from OpenInference spans have it.
 */
export const phoenixFormat: TraceFormat = {
  name: 'phoenix',
  title: 'span annotations of Phoenix',
  zone: null,
  freeNames: false,
  detects: (head) => recordsOfHead(head).some(isAnnotation),
  read: readAnnotations,
};

function isAnnotation(record: JsonObject): boolean {
  return 'annotator_kind' in record && ('span_id' in record || 'trace_id' in record || 'session_id' in record);
}

async function* readAnnotations(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<FormatItem> {
  for await (const record of readAnyRecords(chunks, name)) {
    yield record.kind === 'unreadable' ? record : itemOf(record);
  }
}

function itemOf({ value, line }: JsonRecord): FormatItem {
  if (!isAnnotation(value)) return passedOver({ line }, 'records that are no annotations');
  if (!('span_id' in value)) return passedOver({ line }, 'annotations of whole traces and sessions');
  const spanId = idOf(value.span_id);
  if (spanId !== null) return judgementOf(spanId, phoenixAnnotation(value), { line, source: value });
  const text = textOfSource(value);
  return { kind: 'unreadable', line, text, reason: 'an annotation without a span id', mend: 'export it again' };
}
