import type { RecordReader, SourceRecord } from '../../ports/source-record.ts';
import type { FileHead, FormatItem, TraceFormat } from '../../ports/trace-format.ts';
import { peek } from './peek.ts';
import { firstRecords, type JsonObject, jsonContainerOf, readRecords } from './records.ts';
import { delimiterOf, firstRows, readTable } from './table.ts';

/**
 * How a tool writes its records, in whatever container: JSON lines, lists, pretty documents, answers of its interface,
 * tables of text or Parquet. A format is a shape of records in a container.
 */
export interface RecordShape extends Pick<TraceFormat, 'name' | 'title' | 'zone' | 'freeNames'> {
  /** Whether a record is surely of this shape. */
  recognises(record: JsonObject): boolean;
  /**
   * Begins a file: what is returned reads its records one after the other.
   * @param file its name, for messages
   * @throws RatchetError InvalidInput, while reading, where the file as a whole cannot be used
   */
  begin(file: string): (record: SourceRecord) => FormatItem;
  /** Reads all records of a file instead, where one is read by what others say. In their order. */
  readAll?(records: ReturnType<RecordReader>): AsyncGenerator<FormatItem>;
}

/** A shape of records as a format: of JSON and of tables of text. */
export function formatOfRecords(shape: RecordShape): TraceFormat {
  const { name, title, zone, freeNames } = shape;
  return {
    name,
    title,
    zone,
    freeNames,
    detects: (head) => recordsOfHead(head).some((record) => shape.recognises(record)),
    read: (chunks, file) => readShape(readAnyRecords(chunks, file), shape, file),
  };
}

/** The items of records of a shape. */
export async function* readShape(
  records: ReturnType<RecordReader>,
  shape: RecordShape,
  file: string,
): AsyncGenerator<FormatItem> {
  if (shape.readAll !== undefined) {
    yield* shape.readAll(records);
    return;
  }
  const read = shape.begin(file);
  for await (const record of records) yield record.kind === 'record' ? read(record) : record;
}

/** A record without a shape: its fields by the names that whoever wrote the file chose. */
export function freeRecord({ line, text, value }: SourceRecord): FormatItem {
  return { kind: 'trace', line, text, fields: value, annotations: [], source: value };
}

const seen = new WeakMap<FileHead, readonly JsonObject[]>();

/** The first records of JSON or of a table of text. */
export function recordsOfHead(head: FileHead): readonly JsonObject[] {
  const known = seen.get(head);
  if (known !== undefined) return known;
  const records = jsonContainerOf(head) === null ? firstRows(head) : firstRecords(head);
  seen.set(head, records);
  return records;
}

/** The records of JSON or of a table of text. */
export async function* readAnyRecords(chunks: AsyncIterable<Uint8Array>, name: string): ReturnType<RecordReader> {
  const { head, chunks: all } = await peek(chunks);
  if (jsonContainerOf(head) === null && delimiterOf(head) !== null) yield* readTable(all, name);
  else yield* readRecords(all, name);
}
