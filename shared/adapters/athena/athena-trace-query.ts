import type { DuckDBInstance } from '@duckdb/node-api';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { Row, TraceQuery } from '../../ports/trace-query.ts';
import { openDuckDb, withConnection } from '../duckdb/duckdb-session.ts';
import { lockdown, queryFailure, queryTablesSql } from '../duckdb/query-tables.ts';
import { checkReadOnly } from '../duckdb/read-only-sql.ts';
import { TraceBatches } from '../duckdb/trace-batches.ts';
import type { AthenaLogReaderOptions } from './athena-log-reader.ts';
import { AthenaQueries } from './athena-queries.ts';
import { commonDialect } from './common-dialect.ts';
import { type Parameter, tokensOf } from './common-sql.ts';
import { athenaStatement } from './statement.ts';
import { TraceListings } from './trace-listings.ts';

/** `timeoutMs` is 60,000 by default. */
export interface AthenaTraceQueryOptions extends AthenaLogReaderOptions {
  /** The log. */
  readonly objects: ObjectStore;
}

/**
 * A {@link TraceQuery} that Athena answers over the log's own Parquet files, however large: nothing is loaded here. A statement is
 * read by DuckDB's parser against two empty tables, which refuses all but one SELECT over them, and is written so that
 * Trino reads it the same way ({@link tokensOf}). It goes over common tables that hold what counts of one model, by what the
 * log's commits name. Files are not held against their digests. Texts of arrays, maps and rows are Athena's.
 *
 * Faults: as those of `DuckDbTraceQuery`, and `AccessDenied` and `StorageFailure` from Athena.
 */
export class AthenaTraceQuery implements TraceQuery {
  readonly dialect = commonDialect;
  readonly #database: string;
  readonly #batches: TraceBatches;
  readonly #listings: TraceListings;
  readonly #athena: AthenaQueries;
  #parser: Promise<DuckDBInstance> | undefined;

  constructor(options: AthenaTraceQueryOptions) {
    const { objects, traceBucket, queries, clock } = options;
    this.#database = options.database;
    this.#batches = new TraceBatches(objects);
    this.#listings = new TraceListings({ batches: this.#batches, clock, traceBucket, queries });
    this.#athena = new AthenaQueries({ ...options, timeoutMs: options.timeoutMs ?? 60_000 });
  }

  async query(
    modelId: string,
    sql: string,
    parameters: readonly Parameter[] = [],
    options: { maxRows?: number; traceIds?: readonly string[] } = {},
  ): Promise<readonly Row[]> {
    const { maxRows = 1_000, traceIds } = options;
    const tokens = tokensOf(sql);
    await this.#check(sql);
    const chosen = traceIds === undefined ? null : await this.#listings.choose(traceIds);
    return this.#batches.consistently(modelId, async () => {
      const tables = { database: this.#database, listing: await this.#listings.of(modelId), chosen };
      return this.#athena.rows(athenaStatement(tokens, parameters, tables, maxRows), maxRows);
    });
  }

  /** Frees the parser's memory. It may be used again. */
  async close(): Promise<void> {
    const parser = this.#parser;
    this.#parser = undefined;
    (await parser)?.closeSync();
  }

  async #check(sql: string): Promise<void> {
    try {
      await withConnection(await this.#duckDb(), (connection) => checkReadOnly(connection, sql, { plainNames: true }));
    } catch (error) {
      throw queryFailure(error, commonDialect);
    }
  }

  #duckDb(): Promise<DuckDBInstance> {
    this.#parser ??= openParser();
    return this.#parser;
  }
}

/** Reads statements and runs none. */
async function openParser(): Promise<DuckDBInstance> {
  const instance = await openDuckDb({ memory: '256MB', threads: 1 });
  await withConnection(instance, async (connection) => {
    for (const statement of [queryTablesSql, ...lockdown]) await connection.run(statement);
  });
  return instance;
}
