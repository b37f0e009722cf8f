import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDuckDb, sqlLiteral } from '../../../../shared/adapters/duckdb/duckdb-session.ts';
import { readParquetRecords } from '../../../../shared/adapters/duckdb/parquet-records.ts';
import { langfuseShape } from '../../../../shared/intake/formats/langfuse.ts';
import { parquetFormat } from '../../../../shared/intake/formats/parquet.ts';
import type { SourceRecord } from '../../../../shared/ports/source-record.ts';
import type { FormatItem } from '../../../../shared/ports/trace-format.ts';
import { bytesOf } from '../../intake/bytes.ts';
import { headOfText } from '../../intake/formats/read-items.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parquet-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Writes what a query gives as a Parquet file. */
async function written(query: string): Promise<string> {
  const path = join(folder, 'rows.parquet');
  const instance = await openDuckDb({ memory: '256MB', threads: 1 });
  const connection = await instance.connect();
  try {
    await connection.run(`COPY (${query}) TO ${sqlLiteral(path)} (FORMAT parquet)`);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
  return path;
}

async function rowsOf(chunks: AsyncIterable<Uint8Array>): Promise<SourceRecord['value'][]> {
  const rows: SourceRecord['value'][] = [];
  for await (const record of readParquetRecords(chunks, 'file.parquet'))
    if (record.kind === 'record') rows.push(record.value);
  return rows;
}

const read = async (query: string) => rowsOf(createReadStream(await written(query)));

async function itemsOf(query: string): Promise<FormatItem[]> {
  const format = parquetFormat(readParquetRecords, [langfuseShape]);
  const items: FormatItem[] = [];
  for await (const item of format.read(createReadStream(await written(query)), 'file.parquet')) items.push(item);
  return items;
}

describe('the rows of a Parquet file', () => {
  test('have values as JSON has them, and no empty ones', async () => {
    const query = `SELECT 'it''s' AS text, 42 AS n, 9007199254740993 AS big, 0.25::DOUBLE AS x, 'nan'::DOUBLE AS nan,
      12.50::DECIMAL(9,2) AS price, true AS yes, NULL::VARCHAR AS nothing,
      {'role': 'user', 'tags': ['a', 'b']} AS nested, MAP {'k': 1} AS map, CAST('{"a":[1]}' AS JSON) AS json`;
    expect(await read(query)).toEqual([
      {
        text: "it's",
        n: 42,
        big: '9007199254740993',
        x: 0.25,
        nan: null,
        price: 12.5,
        yes: true,
        nested: { role: 'user', tags: ['a', 'b'] },
        map: { k: 1 },
        json: '{"a":[1]}',
      },
    ]);
  });

  test('have times in UTC, to the microsecond', async () => {
    const query = `SELECT TIMESTAMP '2026-11-01 08:00:00.963123' AS plain, TIMESTAMPTZ '2026-11-01 08:00:00+02' AS zoned,
      TIMESTAMP_NS '2026-11-01 08:00:00.5' AS nanos, DATE '2026-11-01' AS day, TIMESTAMP '1969-12-31 23:59:59.999999' AS old`;
    expect(await read(query)).toEqual([
      {
        plain: '2026-11-01T08:00:00.963123Z',
        zoned: '2026-11-01T06:00:00.000Z',
        nanos: '2026-11-01T08:00:00.500Z',
        day: '2026-11-01',
        old: '1969-12-31T23:59:59.999999Z',
      },
    ]);
  });

  test('come in order, over many chunks, and leave no file behind', async () => {
    const before = (await readdir(tmpdir())).filter((name) => name.startsWith('ratchet-parquet-'));
    const rows = await read('SELECT i AS n FROM range(10_000) r(i)');
    expect(rows.map(({ n }) => n)).toEqual([...Array(10_000).keys()]);
    const after = (await readdir(tmpdir())).filter((name) => name.startsWith('ratchet-parquet-'));
    expect(after.filter((name) => !before.includes(name))).toEqual([]);
  });

  test('may have texts that the writer did not mark as such, but no bytes', async () => {
    expect(await read("SELECT encode('größe') AS text")).toEqual([{ text: 'größe' }]);
    await expect(read("SELECT '\\xFF\\xFE'::BLOB AS bytes")).rejects.toMatchObject({
      name: 'InvalidInput',
      message: 'file.parquet has a column of bytes that are no text.',
    });
  });

  test('may have columns of any name, which never become a query', async () => {
    const name = `x"; DROP TABLE y; -- '`;
    expect(await read(`SELECT 1 AS "${name.replaceAll('"', '""')}"`)).toEqual([{ [name]: 1 }]);
  });

  test('of a damaged file are one fault, without its temporary name', async () => {
    for (const content of ['PAR1', `PAR1${'x'.repeat(500)}PAR1`, 'nothing']) {
      await expect(rowsOf(bytesOf(content))).rejects.toMatchObject({
        name: 'InvalidInput',
        message: expect.stringMatching(/^file\.parquet is Parquet that cannot be read: (?!.*ratchet-parquet)/),
      });
    }
  });
});

describe('the format Parquet', () => {
  test('is told by its first bytes', () => {
    const format = parquetFormat(readParquetRecords, []);
    expect(format.detects(headOfText('PAR1…'))).toBe(true);
    expect(format.detects(headOfText('{"a":1}'))).toBe(false);
  });

  test('gives rows by the names of their columns', async () => {
    expect(await itemsOf("SELECT 'hello' AS text, 'a' AS label")).toEqual([
      {
        kind: 'trace',
        line: 1,
        text: '{"text":"hello","label":"a"}',
        fields: { text: 'hello', label: 'a' },
        annotations: [],
        source: { text: 'hello', label: 'a' },
      },
    ]);
    expect(await itemsOf("SELECT 'a' AS x WHERE false")).toEqual([]);
  });

  test('gives rows of an export of Langfuse as its traces', async () => {
    const query = `SELECT 'o' AS id, 't' AS trace_id, unnest(['GENERATION', 'SPAN']) AS type,
      TIMESTAMP '2026-11-01 08:00:00.963' AS start_time, 'hello' AS input, '{"role":"assistant","content":"a"}' AS output,
      MAP {'lang': 'de'} AS metadata, []::VARCHAR[] AS tool_calls`;
    expect(await itemsOf(query)).toMatchObject([
      {
        fields: {
          traceId: 't',
          timestamp: '2026-11-01T08:00:00.963Z',
          input: 'hello',
          output: 'a',
          metadata: { lang: 'de', observation_id: 'o' },
        },
      },
      { kind: 'passed-over' },
    ]);
  });
});
