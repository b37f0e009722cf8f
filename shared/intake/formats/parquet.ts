import type { RecordReader, SourceRecord } from '../../ports/source-record.ts';
import type { FormatItem, TraceFormat, UnreadableRecord } from '../../ports/trace-format.ts';
import { freeRecord, type RecordShape, readShape } from './record-shape.ts';

/** A shape without one: rows by the names of their columns. */
const freeShape: RecordShape = {
  name: 'parquet',
  title: 'Parquet',
  zone: 'UTC',
  freeNames: true,
  recognises: () => true,
  begin: () => freeRecord,
};

/**
 * Parquet, whose rows are of one of the shapes, told by the first row, or by the names of their columns. Times without a
 * zone are in UTC: Parquet has no other.
 * @param readRecords reads the rows of a file
 * @param shapes tried in order
 */
export function parquetFormat(readRecords: RecordReader, shapes: readonly RecordShape[]): TraceFormat {
  const { name, title, zone, freeNames } = freeShape;
  return {
    name,
    title,
    zone,
    freeNames,
    detects: ({ text }) => text.startsWith('PAR1'),
    read: (chunks, file) => readRows(readRecords(chunks, file), shapes, file),
  };
}

async function* readRows(
  records: ReturnType<RecordReader>,
  shapes: readonly RecordShape[],
  file: string,
): AsyncGenerator<FormatItem> {
  const iterator = records[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done === true) return;
  const row = first.value;
  const shape = shapes.find(({ recognises }) => row.kind === 'record' && recognises(row.value)) ?? freeShape;
  yield* readShape(withFirst(row, iterator), shape, file);
}

async function* withFirst(
  first: SourceRecord | UnreadableRecord,
  rest: AsyncIterator<SourceRecord | UnreadableRecord>,
): AsyncGenerator<SourceRecord | UnreadableRecord> {
  try {
    yield first;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
