import { forbidden } from '../duckdb/read-only-sql.ts';
import { hasOutside, type Parameter, sqlLiteralOf, type Token, withParameters } from './common-sql.ts';
import { athenaTables } from './tables.ts';
import type { TraceListing } from './trace-listings.ts';

export interface Tables {
  readonly database: string;
  readonly listing: TraceListing;
  /** Listing of the only traces there are; null for all. */
  readonly chosen: string | null;
}

const traceFields = 'trace_id, "timestamp", checkpoint_id, input, output, confidence, steps, metadata';
const judgementFields = 'judgement_id, trace_id, verdict, expected, judge_kind, judge_id, reason, judged_at';
const arrived = 'arrival, batch_id, "position"';
/** Bytes of a statement that Athena takes. Source: docs.aws.amazon.com/athena/latest/ug/service-limits.html */
const mostBytes = 262_144;

/**
 * What Athena is asked: the statement of {@link tokensOf}, already found to be one SELECT over the two tables, behind common tables
 * of their names, which hold the rows that count of one model and no others.
 * @param maxRows more need not be computed
 * @throws RatchetError `ForbiddenQuery` for what begins with neither SELECT nor WITH, and for what is too long
 */
export function athenaStatement(
  tokens: readonly Token[],
  parameters: readonly Parameter[],
  tables: Tables,
  maxRows: number,
): string {
  const words = tokens.filter(({ kind }) => kind !== 'space');
  const [first, second] = words.map(({ text }) => text.toLowerCase());
  if (first !== 'select' && first !== 'with') throw forbidden('it begins with neither SELECT nor WITH');
  if (second === 'recursive') throw forbidden('WITH RECURSIVE is not taken here');
  const from = tokens.findIndex(({ kind }) => kind !== 'space') + (first === 'with' ? 1 : 0);
  const asked = withParameters(tokens.slice(from), parameters);
  const limit = hasOutside(tokens, new Set(['limit', 'fetch', 'offset'])) ? '' : ` LIMIT ${maxRows}`;
  const sql = `WITH ${commonTables(tables)}${first === 'with' ? ',' : ''} ${asked}${limit}`;
  if (Buffer.byteLength(sql) > mostBytes) throw forbidden(`the statement is longer than ${mostBytes} bytes`);
  return sql;
}

function commonTables({ database, listing, chosen }: Tables): string {
  const only =
    chosen === null
      ? ''
      : ` AND trace_id IN (SELECT trace_id FROM "${database}"."${athenaTables.chosen}" WHERE listing = ${sqlLiteralOf(chosen)})`;
  const first = (table: 'traces' | 'judgements', fields: string, same: string) => {
    const files = filesSql(`"${database}"."${athenaTables[table]}"`, fields, listing[table], only);
    return `SELECT * FROM (SELECT ${fields}, row_number() OVER (PARTITION BY ${same} ORDER BY ${arrived}) AS nth FROM (${files}) AS files) AS numbered WHERE nth = 1`;
  };
  return [
    `traces AS (SELECT ${traceFields} FROM (${first('traces', traceFields, 'trace_id')}) AS counted)`,
    `judgements AS (WITH judged AS (${first('judgements', `${judgementFields}, retracts`, 'trace_id, judgement_id')}) SELECT ${judgementFields} FROM judged WHERE retracts IS NULL AND NOT EXISTS (SELECT 1 FROM judged AS later WHERE later.retracts = judged.judgement_id AND later.trace_id = judged.trace_id))`,
  ].join(', ');
}

/** The rows of listings, without those of batches that go on elsewhere. */
function filesSql(table: string, fields: string, parts: TraceListing['traces'], only: string): string {
  const whole = parts.filter(({ passedOver }) => passedOver.length === 0).map(({ name }) => sqlLiteralOf(name));
  const conditions = [
    ...(whole.length === 0 ? [] : [`listing IN (${whole.join(', ')})`]),
    ...parts
      .filter(({ passedOver }) => passedOver.length > 0)
      .map(({ name, passedOver }) => {
        return `listing = ${sqlLiteralOf(name)} AND batch_id NOT IN (${passedOver.map(sqlLiteralOf).join(', ')})`;
      }),
  ];
  return conditions
    .map((condition) => `SELECT ${fields}, ${arrived} FROM ${table} WHERE ${condition}${only}`)
    .join(' UNION ALL ');
}
