import { type CsvError, type Options, parse } from 'csv-parse';
import { parse as parseAtOnce } from 'csv-parse/sync';
import { RatchetError } from '../../domain/base/errors.ts';
import { plural } from '../../domain/base/wording.ts';
import type { SourceRecord } from '../../ports/source-record.ts';
import type { FileHead, UnreadableRecord } from '../../ports/trace-format.ts';
import { maxLineBytes } from '../read-lines.ts';
import { peek } from './peek.ts';
import { jsonContainerOf, unreadable } from './records.ts';
import { parsedOf } from './untrusted.ts';

const delimiters = [',', ';', '\t', '|'] as const;
export type Delimiter = (typeof delimiters)[number];

/** How the columns of a table of text are named and parted. */
interface Layout {
  readonly delimiter: Delimiter;
  readonly columns: readonly string[];
}

const rowsLookedAt = 50;

/** Longest name of a column, in characters; what is longer is text, not a name. */
const longestName = 100;

/**
 * By what the columns of a table of text are parted, from its beginning; null where it is none. A table has a row of
 * names and then rows of as many cells.
 */
export function delimiterOf(head: FileHead): Delimiter | null {
  return layoutOf(head)?.delimiter ?? null;
}

/** The first rows of a table of text, by column; none where it is no table. */
export function firstRows(head: FileHead): readonly Readonly<Record<string, unknown>>[] {
  const layout = layoutOf(head);
  if (layout === null) return [];
  return rowsOf(head, layout.delimiter)
    .slice(1, 6)
    .map((cells) => objectOfRow(cells, layout.columns));
}

function layoutOf(head: FileHead): Layout | null {
  if (jsonContainerOf(head) !== null || head.text.includes('\0')) return null;
  let best: { readonly layout: Layout; readonly even: number } | null = null;
  for (const delimiter of delimiters) {
    const [names, ...rows] = rowsOf(head, delimiter);
    if (names === undefined || names.length < 2 || names.some((name) => name.length > longestName)) continue;
    if (names.filter((name) => name.trim() !== '').length < 2) continue;
    const even = rows.filter((cells) => cells.length === names.length).length;
    if (even * 2 < rows.length) continue;
    if (best === null || even > best.even || (even === best.even && names.length > best.layout.columns.length)) {
      best = { layout: { delimiter, columns: columnsOf(names) }, even };
    }
  }
  return best?.layout ?? null;
}

/** The whole rows at the beginning of a file, at most some. */
function rowsOf({ text, whole }: FileHead, delimiter: Delimiter): readonly (readonly string[])[] {
  const rows: string[][] = [];
  const keep = (row: string[]): null => {
    rows.push(row);
    return null;
  };
  try {
    parseAtOnce(text, { ...cellRules(delimiter), to: rowsLookedAt, on_record: keep });
  } catch {
    // The head ends within quotation marks, or they have no end: the rows before are whole.
    return rows;
  }
  return whole || rows.length === rowsLookedAt ? rows : rows.slice(0, -1);
}

function cellRules(delimiter: Delimiter): Options & { readonly columns: false } {
  return {
    columns: false,
    bom: true,
    delimiter,
    relax_quotes: true,
    relax_column_count: true,
    skip_empty_lines: true,
  };
}

/**
 * The rows of a table of text (CSV, TSV) by the names in its first row. An empty cell is absent. A cell is a text,
 * whatever it holds, but for those of columns that hold objects or lists in traces, such as `metadata`. A row with more
 * or fewer cells than there are names is named and passed over, and so are the names where they come again in files that
 * were joined.
 * @param chunks the file's bytes, unpacked
 * @param name of the file, for messages
 * @throws RatchetError InvalidInput where there are no names, or two are the same, or a quotation mark has no end, or
 * the text is not UTF-8
 */
export async function* readTable(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<SourceRecord | UnreadableRecord> {
  const { head, chunks: all } = await peek(chunks);
  const layout = layoutOf(head);
  if (layout === null) {
    throw new RatchetError(
      'InvalidInput',
      `${name} has no row of column names, parted by commas, semicolons or tabs.`,
      {
        mend: 'Give each column a name in the first row.',
      },
    );
  }
  const twice = layout.columns.find((column, at) => layout.columns.indexOf(column) !== at);
  if (twice !== undefined) {
    throw new RatchetError('InvalidInput', `${name} has two columns named ${JSON.stringify(twice.slice(0, 80))}.`, {
      mend: 'Rename one of them.',
    });
  }
  let line = 1;
  for await (const { cells, raw, end } of cellsOf(all, name, layout.delimiter)) {
    const start = line;
    line = end + 1;
    const columns = withoutMark(cells);
    if (columnsOf(columns).every((column, at) => column === layout.columns[at]) && isAsWide(columns, layout)) continue;
    yield isAsWide(columns, layout)
      ? { kind: 'record', line: start, text: raw, value: objectOfRow(columns, layout.columns) }
      : unreadable(start, raw, {
          reason: `the row has ${plural(columns.length, 'cell')}, not ${layout.columns.length}`,
          mend: 'write as many cells as there are columns, and quotation marks around those that hold the separator',
        });
  }
}

interface Row {
  readonly cells: readonly string[];
  readonly raw: string;
  /** Of the row's last line, from 1. */
  readonly end: number;
}

/** A row as the parser gives it beside its text. */
interface RawRow {
  readonly record: string[];
  readonly raw: string;
}

function isRawRow(row: unknown): row is RawRow {
  return row !== null && typeof row === 'object' && 'raw' in row;
}

/** The rows of a table, each as soon as its bytes are there: those before a fault too. */
async function* cellsOf(chunks: AsyncIterable<Uint8Array>, name: string, delimiter: Delimiter): AsyncGenerator<Row> {
  let rows: Row[] = [];
  const keep = (row: unknown, { lines }: { lines: number }): null => {
    if (isRawRow(row)) rows.push({ cells: row.record, raw: row.raw.trimEnd(), end: lines });
    return null;
  };
  const parser = parse({ ...cellRules(delimiter), raw: true, max_record_size: maxLineBytes, on_record: keep });
  parser.resume();
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  const take = async (chunk: Uint8Array | null): Promise<{ readonly rows: Row[]; readonly fault: unknown }> => {
    let fault: unknown = null;
    try {
      utf8.decode(chunk ?? new Uint8Array(), { stream: chunk !== null });
      await (chunk === null ? ended(parser) : written(parser, chunk));
    } catch (error) {
      fault = error;
    }
    const taken = rows;
    rows = [];
    return { rows: taken, fault };
  };
  try {
    for await (const chunk of withEnd(chunks)) {
      const { rows: taken, fault } = await take(chunk);
      yield* taken;
      if (fault !== null) throw faultOf(name, fault);
    }
  } finally {
    parser.on('error', () => undefined).destroy();
  }
}

async function* withEnd(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array | null> {
  yield* chunks;
  yield null;
}

type Parser = ReturnType<typeof parse>;

function written(parser: Parser, chunk: Uint8Array): Promise<void> {
  return settled(parser, (done) => parser.write(chunk, done));
}

function ended(parser: Parser): Promise<void> {
  return settled(parser, (done) => parser.on('end', done).end());
}

function settled(parser: Parser, start: (done: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    parser.once('error', reject);
    start((error) => {
      parser.off('error', reject);
      if (error) reject(error);
      else resolve();
    });
  });
}

function faultOf(name: string, error: unknown): unknown {
  if (isCsvError(error)) return unreadableTable(name, error);
  return error instanceof TypeError ? notUtf8(name) : error;
}

function notUtf8(name: string): RatchetError {
  return new RatchetError('InvalidInput', `${name} is not valid UTF-8.`, { mend: 'Save it as CSV in UTF-8.' });
}

function isCsvError(error: unknown): error is CsvError {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_');
}

function unreadableTable(name: string, { code }: CsvError): RatchetError {
  const isQuote = code === 'CSV_QUOTE_NOT_CLOSED' || code === 'CSV_MAX_RECORD_SIZE';
  const what = isQuote
    ? `has a row of more than ${maxLineBytes} characters, or a quotation mark that has no end`
    : `is no table that can be read (${code})`;
  return new RatchetError('InvalidInput', `${name} ${what}.`, {
    mend: 'Write a quotation mark within a cell twice, and quotation marks around the cell. What stands before was read.',
  });
}

/** The names of the columns; one without a name, as the index of a data frame is written, has its number. */
function columnsOf(names: readonly string[]): readonly string[] {
  return names.map((name, at) => (name.trim() === '' ? `column ${at + 1}` : name.trim()));
}

/** A row of files that were joined may begin with a byte order mark. */
function withoutMark([first = '', ...others]: readonly string[]): readonly string[] {
  if (!first.startsWith('\uFEFF')) return [first, ...others];
  const text = first.slice(1);
  return [/^"(?:[^"]|"")*"$/.test(text) ? text.slice(1, -1).replaceAll('""', '"') : text, ...others];
}

function isAsWide(cells: readonly string[], { columns }: Layout): boolean {
  return cells.length === columns.length;
}

/** Columns of the formats read here that hold objects or lists. */
const nestedColumns: ReadonlySet<string> = new Set([
  'metadata',
  'steps',
  'judge',
  'messages',
  'choices',
  'request',
  'response',
  'conversations',
  'tags',
  'tool_calls',
  'tool_call_names',
  'tool_definitions',
  'usage_details',
  'cost_details',
  'extra',
  'inputs',
  'outputs',
  'feedback_source',
  'subject',
]);

function objectOfRow(cells: readonly string[], columns: readonly string[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    columns.flatMap((column, at) => {
      const cell = cells[at] ?? '';
      if (cell === '') return [];
      return [[column, nestedColumns.has(column) ? parsedOf(cell) : cell.toWellFormed()]];
    }),
  );
}
