import type { FormatItem, TraceFormat } from '../../ports/trace-format.ts';
import { passedOver } from './items.ts';
import { jsonSpanOf } from './json-span.ts';
import { readAnyRecords, recordsOfHead } from './record-shape.ts';
import type { JsonObject } from './records.ts';
import { SpanItems } from './span-items.ts';
import { objectOf } from './untrusted.ts';

/**
 * Spans of OpenInference in JSON, as Phoenix exports them: one a line, a list, or the answer of its REST interface.
 * @see SpanItems for what becomes of a span
 */
export const openInferenceFormat: TraceFormat = {
  name: 'openinference',
  title: 'OpenInference spans (Phoenix)',
  zone: null,
  freeNames: false,
  detects: (head) => recordsOfHead(head).some(isSpan),
  read: readSpans,
};

/** Whether a record has a span's ids and says of what kind the span is. */
function isSpan(record: JsonObject): boolean {
  const hasId = 'context.span_id' in record || 'span_id' in (objectOf(record.context) ?? {});
  return hasId && ('span_kind' in record || 'attributes' in record || 'attributes.openinference.span.kind' in record);
}

async function* readSpans(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<FormatItem> {
  const items = new SpanItems();
  for await (const record of readAnyRecords(chunks, name)) {
    if (record.kind === 'unreadable') yield record;
    else if (isSpan(record.value)) yield* items.take(jsonSpanOf(record));
    else yield passedOver(record, 'records that are no spans');
  }
  yield* items.end();
}
