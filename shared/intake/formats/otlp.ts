import { RatchetError } from '../../domain/base/errors.ts';
import type { FileHead, FormatItem, TraceFormat } from '../../ports/trace-format.ts';
import { passedOver } from './items.ts';
import { isOtlpSpan, readOtlpDocument } from './otlp-document.ts';
import { peek } from './peek.ts';
import { recordsOfHead } from './record-shape.ts';
import { readRecords } from './records.ts';
import { SpanItems } from './span-items.ts';

/** Of the largest document: an exporter writes a batch of spans into one. */
const maxBytes = 32 * 2 ** 20;

/**
 * OTLP in JSON: documents of `resourceSpans` or `resourceLogs`, one a line or over many lines, as the OpenTelemetry
 * Collector's file exporter and OTLP over HTTP write them. Spans follow the GenAI conventions or OpenInference.
 */
export const otlpFormat: TraceFormat = {
  name: 'otlp',
  title: 'OpenTelemetry spans (OTLP JSON)',
  zone: null,
  freeNames: false,
  detects: (head) => isProtobuf(head) || recordsOfHead(head).some(isOtlp),
  read: readOtlp,
};

function isOtlp(record: Readonly<Record<string, unknown>>): boolean {
  return 'resourceSpans' in record || 'resourceLogs' in record || 'resourceMetrics' in record || isOtlpSpan(record);
}

async function* readOtlp(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<FormatItem> {
  const { head, chunks: all } = await peek(chunks);
  if (isProtobuf(head)) {
    throw new RatchetError('InvalidInput', `${name} is OTLP in protobuf, which is not read.`, {
      mend: 'Export it as JSON: the Collector\'s file exporter does with "format: json", an exporter over HTTP with "http/json".',
    });
  }
  const items = new SpanItems();
  for await (const record of readRecords(all, name, { maxBytes })) {
    if (record.kind === 'unreadable') yield record;
    else if (isOtlp(record.value)) for (const found of readOtlpDocument(record)) yield* items.take(found);
    else yield passedOver(record, 'documents that are no OTLP');
  }
  yield* items.end();
}

/**
 * Whether bytes are an `ExportTraceServiceRequest` (or one of logs) in protobuf: field 1, a length, and in it field 1 or
 * 2 with a length. A text may begin so with its line breaks, but holds no other control characters.
 */
function isProtobuf({ bytes }: FileHead): boolean {
  if (bytes[0] !== 0x0a) return false;
  let at = 1;
  while (at < 6 && (bytes[at] ?? 0) >= 0x80) at += 1;
  const field = bytes[at + 1];
  if (field !== 0x0a && field !== 0x12) return false;
  return bytes.subarray(0, 1_024).some((byte) => byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d);
}
