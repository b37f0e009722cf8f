import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { DuckDBConnection, DuckDBResult } from '@duckdb/node-api';
import { RatchetError } from '../../domain/base/errors.ts';
import type { RecordReader, SourceRecord } from '../../ports/source-record.ts';
import { storageFailure } from '../local/storage-failure.ts';
import { openDuckDb, sqlLiteral } from './duckdb-session.ts';
import { holdsBytes, sourceValue } from './source-values.ts';

const limits = { memory: '512MB', threads: 1 };

/**
 * Reads the rows of a Parquet file, in order and a few thousand at a time. The file is spooled to a temporary one, since
 * Parquet is read from its end. Nothing of the file becomes part of a query.
 * @throws RatchetError InvalidInput where it cannot be read, and for columns of bytes that are no text
 */
export const readParquetRecords: RecordReader = async function* (chunks, name) {
  const folder = await mkdtemp(join(tmpdir(), 'ratchet-parquet-'));
  try {
    const path = join(folder, 'rows.parquet');
    await spool(chunks, path);
    const instance = await openDuckDb(limits);
    try {
      const connection = await instance.connect();
      try {
        yield* rowsOf(connection, path, name);
      } finally {
        connection.closeSync();
      }
    } finally {
      instance.closeSync();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

async function spool(chunks: AsyncIterable<Uint8Array>, path: string): Promise<void> {
  const file = createWriteStream(path);
  try {
    await pipeline(Readable.from(copies(chunks)), file);
  } catch (error) {
    throw file.errored === error ? storageFailure('write', path, error) : error;
  }
}

/** The source may write into its memory again while the file is written. */
async function* copies(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) yield Buffer.from(chunk);
}

async function* rowsOf(connection: DuckDBConnection, path: string, name: string): AsyncGenerator<SourceRecord> {
  try {
    const result = await openRows(connection, path, name);
    const columns = result.columnNames();
    let line = 0;
    for (
      let chunk = await result.fetchChunk();
      chunk !== null && chunk.rowCount > 0;
      chunk = await result.fetchChunk()
    ) {
      for (const row of chunk.getRows()) {
        line += 1;
        const fields = columns.flatMap((column, at) => {
          const value = row[at] ?? null;
          return value === null ? [] : [[column, sourceValue(value)] as const];
        });
        const value = Object.fromEntries(fields);
        yield { kind: 'record', line, text: JSON.stringify(value), value };
      }
    }
  } catch (error) {
    throw error instanceof RatchetError || !(error instanceof Error) ? error : unreadable(name, path, error);
  }
}

/** Texts that a writer did not mark as such look like bytes; they are read as texts where they are. */
async function openRows(connection: DuckDBConnection, path: string, name: string): Promise<DuckDBResult> {
  const file = sqlLiteral(path);
  const result = await connection.stream(`SELECT * FROM read_parquet(${file}, binary_as_string = true)`);
  const bytes = result.columnNames().filter((_, at) => {
    const type = result.columnTypes()[at];
    return type !== undefined && holdsBytes(type);
  });
  if (bytes.length === 0) return result;
  const named = bytes.slice(0, 3).map((column) => JSON.stringify(column.slice(0, 80)));
  throw new RatchetError('InvalidInput', `${name} has bytes in the column ${named.join(', ')}.`, {
    mend: 'Leave the column out, or write it as a text.',
  });
}

function unreadable(name: string, path: string, cause: Error): RatchetError {
  if (/UTF-?8|invalid string encoding/i.test(cause.message)) {
    return new RatchetError('InvalidInput', `${name} has a column of bytes that are no text.`, {
      cause,
      mend: 'Leave the column out, or write it as a text in UTF-8.',
    });
  }
  const said = (cause.message.split('\n', 1)[0] ?? '').replace(/^[\w ]+ Error: /, '');
  const reason = said.replaceAll(path, name).slice(0, 300);
  return new RatchetError('InvalidInput', `${name} is Parquet that cannot be read: ${reason.replace(/\.$/, '')}.`, {
    cause,
    mend: 'Export or copy the file again.',
  });
}
