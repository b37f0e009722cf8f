import { allFormats } from '../intake/formats/all-formats.ts';
import { chatShape } from '../intake/formats/chat.ts';
import { flywheelShape } from '../intake/formats/flywheel.ts';
import { langfuseShape } from '../intake/formats/langfuse.ts';
import { parquetFormat } from '../intake/formats/parquet.ts';
import { pioneerShape } from '../intake/formats/pioneer.ts';
import type { RecordReader } from '../ports/source-record.ts';
import type { TraceFormat } from '../ports/trace-format.ts';

/** All formats that traces are read from, for laptop, functions and deployed stacks alike. */
export function createFormats(): readonly TraceFormat[] {
  const shapes = [langfuseShape, pioneerShape, flywheelShape, chatShape];
  return [parquetFormat(readParquet, shapes), ...allFormats];
}

/** DuckDB is loaded with the first file that needs it. */
const readParquet: RecordReader = async function* (chunks, name) {
  const { readParquetRecords } = await import('../adapters/duckdb/parquet-records.ts');
  yield* readParquetRecords(chunks, name);
};
