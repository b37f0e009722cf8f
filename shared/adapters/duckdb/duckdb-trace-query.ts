import { type DuckDBConnection, type DuckDBInstance, LIST, listValue, VARCHAR } from '@duckdb/node-api';
import { LRUCache } from 'lru-cache';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { Row, TraceQuery } from '../../ports/trace-query.ts';
import { withLocalFiles } from '../local/local-files.ts';
import { type DuckDbLimits, openDuckDb, withConnection } from './duckdb-session.ts';
import { FileDigests } from './file-digests.ts';
import { LoadedTables } from './loaded-tables.ts';
import { filesOf, parquetRows, passOver } from './log-files.ts';
import { lockdown, queryFailure, queryTablesSql } from './query-tables.ts';
import { queryValue } from './query-values.ts';
import { checkReadOnly, forbidden, unworkable } from './read-only-sql.ts';
import { type CommittedBatch, TraceBatches } from './trace-batches.ts';
import { laterJudgementColumns, rowsOf } from './trace-rows.ts';
import { firstJudgements, firstTraces } from './trace-sql.ts';
import { traceStoreFailure } from './trace-store-failure.ts';

export interface DuckDbTraceQueryOptions {
  readonly objects: ObjectStore;
  /** 1 GB and two threads by default. */
  readonly limits?: DuckDbLimits;
  /** Milliseconds after which a query is stopped; 10,000 by default. */
  readonly timeoutMs?: number;
}

type Parameter = string | number | boolean | null;

const loadedModels = 4;

/**
 * A {@link TraceQuery} that loads a model's committed batches into tables of an in-memory DuckDB, keeps them until the
 * log changes (the four models last asked for), and then shuts DuckDB off from files, network, extensions and settings.
 * A query runs in a read-only transaction. Times are TIMESTAMP in UTC; steps and metadata are JSON text; a U+FEFF at
 * the beginning of a text in the result is lost. Call {@link close} when done.
 *
 * Faults: `ForbiddenQuery` for anything but one SELECT over the two tables, and for one that runs too long;
 * `InvalidInput` for SQL that does not work; `ObjectMissing`, `CorruptArtifact`, `StorageFailure` from loading.
 */
export class DuckDbTraceQuery implements TraceQuery {
  readonly #objects: ObjectStore;
  readonly #batches: TraceBatches;
  readonly #digests: FileDigests;
  readonly #limits: DuckDbLimits;
  readonly #timeoutMs: number;
  readonly #loaded = new LRUCache<string, LoadedTables>({
    max: loadedModels,
    // Also when a later version takes its place.
    dispose: (tables) => void tables.retire(),
  });

  constructor(options: DuckDbTraceQueryOptions) {
    this.#objects = options.objects;
    this.#batches = new TraceBatches(options.objects);
    this.#digests = new FileDigests(options.objects);
    this.#limits = options.limits ?? { memory: '1GB', threads: 2 };
    this.#timeoutMs = options.timeoutMs ?? 10_000;
  }

  async query(
    modelId: string,
    sql: string,
    parameters: readonly Parameter[] = [],
    options: { maxRows?: number; traceIds?: readonly string[] } = {},
  ): Promise<readonly Row[]> {
    const tables = this.#tables(modelId, await this.#batches.version(modelId));
    const bounds = {
      maxRows: options.maxRows ?? 1_000,
      timeoutMs: this.#timeoutMs,
      traceIds: options.traceIds ?? null,
    };
    return tables.use((instance) =>
      withConnection(instance, (connection) => runQuery(connection, sql, parameters, bounds)),
    );
  }

  /** Frees the loaded tables, after the queries at work. It may be used again. */
  async close(): Promise<void> {
    const loaded = [...this.#loaded.values()];
    this.#loaded.clear();
    await Promise.all(loaded.map((tables) => tables.retire()));
  }

  /** The model's tables in this version: those at hand, or new ones that are being loaded. */
  #tables(modelId: string, version: string): LoadedTables {
    const known = this.#loaded.get(modelId);
    if (known?.version === version) return known;
    const instance = this.#load(modelId);
    const tables = new LoadedTables(version, instance);
    instance.catch(() => {
      if (this.#loaded.peek(modelId) === tables) this.#loaded.delete(modelId);
    });
    this.#loaded.set(modelId, tables);
    return tables;
  }

  #load(modelId: string): Promise<DuckDBInstance> {
    return this.#batches.consistently(modelId, () => this.#loadCommitted(modelId));
  }

  async #loadCommitted(modelId: string): Promise<DuckDBInstance> {
    const commits = await this.#batches.list(modelId);
    const instance = await openDuckDb(this.#limits);
    try {
      await withConnection(instance, async (connection) => {
        await connection.run(queryTablesSql);
        await this.#fill(connection, commits);
        for (const statement of lockdown) await connection.run(statement);
      });
      return instance;
    } catch (error) {
      instance.closeSync();
      throw traceStoreFailure(error);
    }
  }

  async #fill(connection: DuckDBConnection, commits: readonly CommittedBatch[]): Promise<void> {
    const { units, traceKeys, judgementKeys, passedOver } = filesOf(commits);
    const keys = [...traceKeys, ...judgementKeys];
    await withLocalFiles(this.#objects, keys, async (paths) => {
      const files = new Map(paths.map((path, index) => [keys[index] ?? '', path]));
      await this.#digests.check(units, files);
      const skips = await passOver(connection, passedOver, files);
      const load = async (sql: string, of: readonly string[]): Promise<void> => {
        if (of.length > 0) await connection.run(sql, [listValue([...of])], [LIST(VARCHAR)]);
      };
      await load(tracesSql(parquetRows('$1', { skips })), paths.slice(0, traceKeys.length));
      await load(judgementsSql(parquetRows('$1', { skips, byName: true })), paths.slice(traceKeys.length));
    });
  }
}

const tracesSql = (rows: string) => `
  INSERT INTO traces BY NAME
  SELECT file.trace_id, file.timestamp, checkpoint_id, input, output, confidence, steps, metadata
  FROM ${rows} file
  JOIN (SELECT batch_id, position FROM ${rows} QUALIFY ${firstTraces}) first
  ON first.batch_id = file.batch_id AND first.position = file.position`;

const judgementsSql = (rows: string) => `
  WITH judged AS (FROM ${rowsOf(rows, laterJudgementColumns)} file QUALIFY ${firstJudgements})
  INSERT INTO judgements BY NAME
  SELECT judgement_id, trace_id, verdict, expected, judge_kind, judge_id, reason, judged_at
  FROM judged WHERE retracts IS NULL
  AND NOT EXISTS (FROM judged later WHERE later.retracts = judged.judgement_id AND later.trace_id = judged.trace_id)`;

interface Bounds {
  readonly maxRows: number;
  readonly timeoutMs: number;
  /** The only traces there are; null for all. */
  readonly traceIds: readonly string[] | null;
}

/** Tables of this connection alone, which hide those of the same name; queries then may not name these by their schema. */
const chosenSql = ['traces', 'judgements'].map(
  (table) =>
    `CREATE TEMP TABLE ${table} AS SELECT * FROM main.${table} WHERE trace_id IN (SELECT unnest($1::VARCHAR[]))`,
);

async function choose(connection: DuckDBConnection, traceIds: readonly string[]): Promise<void> {
  const ids = listValue(traceIds.map((id) => id.toWellFormed()));
  for (const sql of chosenSql) await connection.run(sql, [ids], [LIST(VARCHAR)]);
}

async function runQuery(
  connection: DuckDBConnection,
  sql: string,
  parameters: readonly Parameter[],
  bounds: Bounds,
): Promise<readonly Row[]> {
  let stopped = false;
  const timer = setTimeout(() => {
    stopped = true;
    connection.interrupt();
  }, bounds.timeoutMs);
  try {
    if (bounds.traceIds !== null) await choose(connection, bounds.traceIds);
    await connection.run('BEGIN TRANSACTION READ ONLY');
    await checkReadOnly(connection, sql, { plainNames: bounds.traceIds !== null });
    return await select(connection, sql, parameters, bounds.maxRows);
  } catch (error) {
    if (stopped) throw forbidden(`it ran longer than ${bounds.timeoutMs} ms`, error);
    throw queryFailure(error);
  } finally {
    clearTimeout(timer);
  }
}

async function select(
  connection: DuckDBConnection,
  sql: string,
  parameters: readonly Parameter[],
  maxRows: number,
): Promise<readonly Row[]> {
  const statement = await connection.prepare(sql);
  try {
    if (statement.parameterCount !== parameters.length) {
      throw unworkable(`it has ${statement.parameterCount} parameters, and ${parameters.length} were given`);
    }
    statement.bind(parameters.map((value) => (typeof value === 'string' ? value.toWellFormed() : value)));
    const reader = await statement.streamAndReadUntil(maxRows);
    const names = reader.deduplicatedColumnNames();
    return reader
      .getRows()
      .slice(0, maxRows)
      .map((row) => Object.fromEntries(names.map((name, column) => [name, queryValue(row[column] ?? null)])));
  } finally {
    statement.destroySync();
  }
}
