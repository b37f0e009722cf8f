import type { FormatItem, TraceFormat } from '../../ports/trace-format.ts';
import { freeRecord } from './record-shape.ts';
import { jsonContainerOf, readRecords } from './records.ts';

/** A JSON list of objects, pretty objects one after the other, or the answer of an interface with a list in it. */
export const jsonFormat: TraceFormat = {
  name: 'json',
  title: 'a JSON list or pretty JSON',
  zone: null,
  freeNames: true,
  detects: (head) => jsonContainerOf(head) === 'documents',
  read: readJson,
};

async function* readJson(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<FormatItem> {
  for await (const record of readRecords(chunks, name)) {
    yield record.kind === 'record' ? freeRecord(record) : record;
  }
}
