import type { FormatItem, TraceFormat } from '../../ports/trace-format.ts';
import { freeRecord } from './record-shape.ts';
import { delimiterOf, readTable } from './table.ts';

/** A table of text with column names in its first row, parted by commas, semicolons or bars. */
export const csvFormat: TraceFormat = {
  name: 'csv',
  title: 'CSV',
  zone: null,
  freeNames: true,
  detects: (head) => ![null, '\t'].includes(delimiterOf(head)),
  read: readRows,
};

/** A table of text with column names in its first row, parted by tabs. */
export const tsvFormat: TraceFormat = {
  name: 'tsv',
  title: 'TSV',
  zone: null,
  freeNames: true,
  detects: (head) => delimiterOf(head) === '\t',
  read: readRows,
};

async function* readRows(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<FormatItem> {
  for await (const row of readTable(chunks, name)) yield row.kind === 'record' ? freeRecord(row) : row;
}
