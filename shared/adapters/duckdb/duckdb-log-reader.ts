import { type DuckDBConnection, type DuckDBValue, INTEGER, LIST, listValue, VARCHAR } from '@duckdb/node-api';
import type { Judgement } from '../../domain/traces/judgement.ts';
import type { Trace } from '../../domain/traces/trace.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { LoggedTrace } from '../../ports/trace-log.ts';
import { withLocalFiles } from '../local/local-files.ts';
import type { FileDigests } from './file-digests.ts';
import { latestTimes, noTimeAfter } from './latest-times.ts';
import { type LogFiles, parquetRows, passOver } from './log-files.ts';
import type { LogReader, LogView, Picking } from './log-reader.ts';
import {
  guarded,
  judgementFromRow,
  judgementSelection,
  laterJudgementColumns,
  rowsOf,
  traceFromRow,
  traceSelection,
  unguarded,
} from './trace-rows.ts';
import { firstJudgements, firstTraces } from './trace-sql.ts';

export interface DuckDbLogReaderOptions {
  readonly objects: ObjectStore;
  readonly digests: FileDigests;
  readonly withDuckDb: <T>(use: (connection: DuckDBConnection) => Promise<T>) => Promise<T>;
}

/** A {@link LogReader} by DuckDB over local files, or copies of them, each held against the digest on record. */
export class DuckDbLogReader implements LogReader {
  readonly #options: DuckDbLogReaderOptions;

  constructor(options: DuckDbLogReaderOptions) {
    this.#options = options;
  }

  async inputDigests({ files }: LogView, traceIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    await this.#withFiles({ ...files, judgementKeys: [] }, async (connection, { traces: paths, skips }) => {
      const sql = `SELECT ${guarded('trace_id')}, input_digest FROM ${parquetRows('$files', { skips })}
        WHERE trace_id IN (SELECT unnest($ids)) QUALIFY ${firstTraces}`;
      await eachRow(connection, sql, { files: paths, ids: wellFormed(traceIds) }, ([traceId, inputDigest]) => {
        found.set(unguarded(traceId), String(inputDigest));
      });
    });
    return found;
  }

  async judgementsOf({ files }: LogView, traceIds: readonly string[]): Promise<readonly Judgement[]> {
    const found: Judgement[] = [];
    await this.#withFiles({ ...files, traceKeys: [] }, async (connection, { judgements: paths, skips }) => {
      const sql = `
        SELECT ${judgementSelection} FROM ${judgementRows('$files', skips)} file
        WHERE file.trace_id IN (SELECT unnest($ids)) QUALIFY ${firstJudgements}
        ORDER BY arrival, file.batch_id, file.position`;
      await eachRow(connection, sql, { files: paths, ids: wellFormed(traceIds) }, (row) => {
        found.push(judgementFromRow(row));
      });
    });
    return found;
  }

  read(view: LogView, picking: Picking): Promise<readonly LoggedTrace[]> {
    return this.#withFiles(view.files, async (connection, local) => {
      await pickTraces(connection, local, view, picking);
      const traces = await readPicked(connection, local, view.modelId);
      const judgements = await readJudgements(connection, local);
      return traces.map((trace, rank) => ({ trace, judgements: judgements.get(rank) ?? [] }));
    });
  }

  #withFiles<T>(
    { units, traceKeys, judgementKeys, passedOver }: LogFiles,
    use: (connection: DuckDBConnection, local: LocalFiles) => Promise<T>,
  ): Promise<T> {
    const { objects, digests, withDuckDb } = this.#options;
    const keys = [...traceKeys, ...judgementKeys];
    return withLocalFiles(objects, keys, async (paths) => {
      const files = new Map(paths.map((path, index) => [keys[index] ?? '', path]));
      await digests.check(units, files);
      return withDuckDb(async (connection) => {
        const skips = await passOver(connection, passedOver, files);
        return use(connection, {
          traces: paths.slice(0, traceKeys.length),
          judgements: paths.slice(traceKeys.length),
          skips,
        });
      });
    });
  }
}

interface LocalFiles {
  readonly traces: readonly string[];
  readonly judgements: readonly string[];
  /** Whether rows of them are passed over. */
  readonly skips: boolean;
}

function judgementRows(files: string, skips: boolean): string {
  return rowsOf(parquetRows(files, { skips, byName: true }), laterJudgementColumns);
}

/** Fills the temporary table `picked` with the places of the traces to read, ranked from 0, newest first. */
async function pickTraces(
  connection: DuckDBConnection,
  { traces, judgements, skips }: LocalFiles,
  { batches, all }: LogView,
  { traceIds, after, humanJudgedAfter, limit }: Picking,
): Promise<void> {
  const wanted = batches.filter(({ position }) => position > after);
  const judging = humanJudgedAfter === null ? null : batches.filter(({ position }) => position > humanJudgedAfter);
  const latest = latestTimes(all);
  const conditions = [
    ...(traceIds === null ? [] : ['trace_id IN (SELECT unnest($ids))']),
    ...(judging === null ? [] : [`trace_id IN (${judgedTraceIds(skips)})`]),
  ];
  await connection.run('CREATE TEMP TABLE picked (rank INTEGER, trace_id VARCHAR, batch_id VARCHAR, position INTEGER)');
  const sql = `
    INSERT INTO picked
    SELECT row_number() OVER (ORDER BY ${newestFirst}) - 1 AS rank,
      trace_id, batch_id, position
    FROM (SELECT trace_id, timestamp, batch_id, position FROM ${parquetRows('$files', { skips })}
      WHERE ${conditions.join(' AND ') || 'true'} QUALIFY ${firstTraces})
    JOIN (SELECT unnest($batches) AS batch_id, unnest($arrived)::BIGINT AS arrived,
      unnest($latest)::TIMESTAMP AS latest) bounds USING (batch_id)
    ORDER BY rank LIMIT $limit`;
  await run(connection, sql, {
    files: traces,
    batches: wanted.map(({ batchId }) => batchId),
    arrived: wanted.map(({ position }) => String(position)),
    latest: wanted.map(({ position }) => latest.get(position) ?? noTimeAfter),
    limit: Math.min(limit, 2 ** 31 - 1),
    ...(traceIds && { ids: wellFormed(traceIds) }),
    ...(judging && { judgements, judging: judging.map(({ batchId }) => batchId) }),
  });
}

/**
 * Ids of the traces that a person judged in certain batches; a judgement that was known before is not counted again.
 */
const judgedTraceIds = (skips: boolean) => `
  SELECT trace_id FROM (SELECT file.trace_id, file.judge_kind, file.batch_id
    FROM ${parquetRows('$judgements', { skips })} file QUALIFY ${firstJudgements})
  WHERE judge_kind = 'human' AND batch_id IN (SELECT unnest($judging))`;

async function readPicked(
  connection: DuckDBConnection,
  { traces: files, skips }: LocalFiles,
  modelId: string,
): Promise<readonly Trace[]> {
  const traces: Trace[] = [];
  const sql = `
    SELECT picked.rank, ${traceSelection}
    FROM ${rowsOf(parquetRows('$files', { skips, byName: true }), 'NULL::BOOLEAN AS output_is_json')} file
    JOIN picked ON picked.batch_id = file.batch_id AND picked.position = file.position`;
  await eachRow(connection, sql, { files }, ([rank, ...row]) => {
    traces[Number(rank)] = traceFromRow(modelId, row);
  });
  return traces;
}

/** Judgements of the picked traces by rank, in order of arrival. */
async function readJudgements(
  connection: DuckDBConnection,
  { judgements: files, skips }: LocalFiles,
): Promise<ReadonlyMap<number, readonly Judgement[]>> {
  const byRank = new Map<number, Judgement[]>();
  if (files.length === 0) return byRank;
  const sql = `
    SELECT picked.rank, ${judgementSelection}
    FROM ${judgementRows('$files', skips)} file JOIN picked ON picked.trace_id = file.trace_id
    QUALIFY ${firstJudgements}
    ORDER BY arrival, file.batch_id, file.position`;
  await eachRow(connection, sql, { files }, ([rank, ...row]) => {
    const judgements = byRank.get(Number(rank));
    if (judgements === undefined) byRank.set(Number(rank), [judgementFromRow(row)]);
    else judgements.push(judgementFromRow(row));
  });
  return byRank;
}

type Parameters = Readonly<Record<string, number | readonly string[]>>;

async function run(connection: DuckDBConnection, sql: string, parameters: Parameters): Promise<void> {
  const { values, types } = bindings(parameters);
  await connection.run(sql, values, types);
}

async function eachRow(
  connection: DuckDBConnection,
  sql: string,
  parameters: Parameters,
  take: (row: readonly DuckDBValue[]) => void,
): Promise<void> {
  const { values, types } = bindings(parameters);
  for await (const chunk of await connection.stream(sql, values, types)) chunk.getRows().forEach(take);
}

function bindings(parameters: Parameters) {
  const entries = Object.entries(parameters);
  return {
    values: Object.fromEntries(
      entries.map(([name, value]) => [name, typeof value === 'number' ? value : listValue([...value])]),
    ),
    types: Object.fromEntries(
      entries.map(([name, value]) => [name, typeof value === 'number' ? INTEGER : LIST(VARCHAR)]),
    ),
  };
}

const isImpossible = `timestamp > latest + INTERVAL 2 DAY OR timestamp < TIMESTAMP '2000-01-01'`;
/** A time that cannot be counts as that of the arrival. */
const newestFirst = `CASE WHEN ${isImpossible} THEN latest ELSE timestamp END DESC,
  CASE WHEN ${isImpossible} THEN arrived ELSE 9223372036854775807 END DESC, timestamp DESC, trace_id`;

function wellFormed(texts: readonly string[]): readonly string[] {
  return texts.map((text) => text.toWellFormed());
}
