import { sqlLiteralOf } from './common-sql.ts';
import type { ListedView } from './log-lists.ts';
import { athenaTables } from './tables.ts';

/** How a column comes back: `guarded` as text behind a guard character, as `trace-rows.ts` reads texts from outside. */
type ColumnKind = 'text' | 'guarded' | 'number' | 'flag';
export type Columns = readonly (readonly [name: string, kind: ColumnKind])[];

/** In the order of `traceSelection`. */
export const traceCells: Columns = [
  ['trace_id', 'guarded'],
  ['timestamp_text', 'text'],
  ['checkpoint_id', 'guarded'],
  ['input', 'guarded'],
  ['output', 'guarded'],
  ['confidence', 'number'],
  ['steps', 'text'],
  ['metadata', 'text'],
  ['output_is_json', 'flag'],
];

/** In the order of `judgementSelection`. */
export const judgementCells: Columns = [
  ['judgement_id', 'guarded'],
  ['trace_id', 'guarded'],
  ['verdict', 'text'],
  ['expected', 'guarded'],
  ['judge_kind', 'text'],
  ['judge_id', 'guarded'],
  ['reason', 'guarded'],
  ['judged_at_text', 'guarded'],
  ['expected_is_json', 'flag'],
  ['retracts', 'guarded'],
];

export const digestCells: Columns = [
  ['trace_id', 'guarded'],
  ['input_digest', 'text'],
];

/** Where the row stands in the log, before its judgement. */
export const placeCells: Columns = [
  ['arrival', 'number'],
  ['batch_id', 'text'],
  ['position', 'number'],
];

/** The place of a picked trace, from 1, newest first. */
export const rankCells: Columns = [['place', 'number']];

export interface LogTables {
  readonly database: string;
  readonly view: ListedView;
}

export interface PickedBy {
  /** Null where there are no more traces than may be read. */
  readonly limit: number | null;
  readonly after: number;
  readonly humanJudgedAfter: number | null;
  /** The list of the only traces there are; null for all. */
  readonly chosen: string | null;
}

/** {@link digestCells} of the first trace of each chosen id. */
export function inputDigestsStatement(tables: LogTables, chosen: string): string {
  const rows = firstRows(tables, 'traces', ['trace_id', 'input_digest'], chosen);
  return `SELECT ${selection('', digestCells)} FROM (${rows}) AS numbered WHERE nth = 1`;
}

/** {@link placeCells} and {@link judgementCells} of the judgements of chosen traces, each once. */
export function judgementsStatement(tables: LogTables, chosen: string): string {
  const rows = firstRows(
    tables,
    'judgements',
    judgementCells.map(([name]) => name),
    chosen,
  );
  return `SELECT ${selection('', [...placeCells, ...judgementCells])} FROM (${rows}) AS numbered WHERE nth = 1`;
}

/** {@link rankCells} and {@link traceCells} of the traces that are picked. Texts are read of these alone. */
export function tracesStatement(tables: LogTables, { limit, after, humanJudgedAfter, chosen }: PickedBy): string {
  const counted = firstRows(tables, 'traces', ['trace_id', 'timestamp'], chosen);
  const judged =
    humanJudgedAfter === null
      ? ''
      : ` AND trace_id IN (SELECT trace_id FROM (${firstRows(tables, 'judgements', ['trace_id', 'judge_kind'], chosen)}) AS judged WHERE nth = 1 AND judge_kind = 'human' AND arrived > ${sqlLiteralOf(humanJudgedAfter)})`;
  const within = `SELECT *, ${isImpossible} AS impossible FROM (${counted}) AS numbered WHERE nth = 1 AND arrived > ${sqlLiteralOf(after)}${judged}`;
  const most = limit === null ? '' : ` ORDER BY ${newestFirst} LIMIT ${sqlLiteralOf(limit)}`;
  const picked = `SELECT batch_id, "position", row_number() OVER (ORDER BY ${newestFirst}) AS place FROM (SELECT * FROM (${within}) AS counted${most}) AS newest`;
  return `SELECT ${selection('picked.', rankCells)}, ${selection('file.', traceCells)} FROM ${files(tables, 'traces')} JOIN (${picked}) AS picked ON picked.batch_id = file.batch_id AND picked."position" = file."position" WHERE ${counts(tables)}`;
}

/** A time that cannot be counts as that of the arrival. */
const isImpossible = `("timestamp" > latest + INTERVAL '2' DAY OR "timestamp" < TIMESTAMP '2000-01-01 00:00:00')`;
const newestFirst = `CASE WHEN impossible THEN latest ELSE "timestamp" END DESC, CASE WHEN impossible THEN arrived ELSE 9223372036854775807 END DESC, "timestamp" DESC, trace_id`;

const sameRow = { traces: 'file.trace_id', judgements: 'file.trace_id, file.judgement_id' } as const;

/** Rows that count, with `arrived`, `latest`, and `nth` among those of one id in order of arrival. */
function firstRows(
  tables: LogTables,
  table: 'traces' | 'judgements',
  fields: readonly string[],
  chosen: string | null,
): string {
  const only =
    chosen === null
      ? ''
      : ` AND file.trace_id IN (SELECT trace_id FROM ${named(tables, 'chosen')} WHERE listing = ${sqlLiteralOf(chosen)})`;
  const columns = [...fields, 'arrival', 'batch_id', 'position'].map((name) => `file."${name}"`).join(', ');
  return `SELECT ${columns}, batch.arrived, batch.latest, row_number() OVER (PARTITION BY ${sameRow[table]} ORDER BY file.arrival, file.batch_id, file."position") AS nth FROM ${files(tables, table)} WHERE ${counts(tables)}${only}`;
}

function files(tables: LogTables, table: 'traces' | 'judgements'): string {
  return `${named(tables, table)} AS file JOIN ${named(tables, 'batches')} AS batch ON batch.batch_id = file.batch_id AND batch.part = file.listing`;
}

function counts({ view }: LogTables): string {
  return `file.listing IN (${view.parts.map(sqlLiteralOf).join(', ')}) AND batch.listing = ${sqlLiteralOf(view.batches)}`;
}

function named({ database }: LogTables, table: keyof typeof athenaTables): string {
  return `"${database}"."${athenaTables[table]}"`;
}

/**
 * Columns as texts that any reader of CSV takes for the same: what is text as base64, behind a sign by which an empty one
 * is told from none.
 */
function selection(from: string, columns: Columns): string {
  return columns
    .map(([name, kind]) => {
      const column = `${from}"${name}"`;
      if (kind === 'number') return column;
      if (kind === 'flag') return `CASE WHEN ${column} THEN 1 ELSE 0 END`;
      return `'=' || to_base64(to_utf8(${column}))`;
    })
    .join(', ');
}
