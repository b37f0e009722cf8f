import type { AthenaClient } from '@aws-sdk/client-athena';
import { RatchetError } from '../../domain/base/errors.ts';
import type { Judgement } from '../../domain/traces/judgement.ts';
import type { Trace } from '../../domain/traces/trace.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { LoggedTrace } from '../../ports/trace-log.ts';
import type { S3ObjectStore } from '../aws/s3-object-store.ts';
import type { LogReader, LogView, Picking } from '../duckdb/log-reader.ts';
import { judgementFromRow, traceFromRow, unguarded } from '../duckdb/trace-rows.ts';
import { traceStoreFailure } from '../duckdb/trace-store-failure.ts';
import { AthenaQueries } from './athena-queries.ts';
import { listView } from './log-lists.ts';
import {
  type Columns,
  digestCells,
  inputDigestsStatement,
  judgementCells,
  judgementsStatement,
  type LogTables,
  placeCells,
  rankCells,
  traceCells,
  tracesStatement,
} from './log-statements.ts';
import { QueryLists } from './query-lists.ts';

export interface AthenaLogReaderOptions {
  readonly client: AthenaClient;
  /** The bucket of the log's files. */
  readonly traceBucket: string;
  /** Lists and results of queries, which the deployment throws away after a day. */
  readonly queries: ObjectStore & Pick<S3ObjectStore, 'open'>;
  readonly queriesBucket: string;
  /** Of Glue, with the tables of `infra/constructs/trace-queries.ts`. */
  readonly database: string;
  readonly workGroup: string;
  readonly clock: Clock;
  /** Milliseconds after which a query is stopped; 600,000 by default. */
  readonly timeoutMs?: number;
}

type Cell = string | number | boolean | null;

/**
 * A {@link LogReader} by Athena over the log's own Parquet files: none is copied here, and nothing but what is asked for is
 * held in memory. Ids go through files, so that a statement is as long for many as for one, and no text of a trace is part of it.
 * Files are not held against their digests.
 *
 * Faults: `StorageFailure` and `AccessDenied` from Athena, `CorruptArtifact` for rows that are none.
 */
export class AthenaLogReader implements LogReader {
  readonly #options: AthenaLogReaderOptions;
  readonly #lists: QueryLists;
  readonly #athena: AthenaQueries;

  constructor(options: AthenaLogReaderOptions) {
    this.#options = options;
    this.#lists = new QueryLists(options);
    this.#athena = new AthenaQueries({ ...options, timeoutMs: options.timeoutMs ?? 600_000 });
  }

  async inputDigests(view: LogView, traceIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const tables = await this.#tables(view);
    const statement = inputDigestsStatement(tables, await this.#lists.choose(traceIds));
    const found = new Map<string, string>();
    await this.#eachRow(statement, digestCells, ([traceId, inputDigest]) => {
      found.set(unguarded(traceId), String(inputDigest));
    });
    return found;
  }

  async judgementsOf(view: LogView, traceIds: readonly string[]): Promise<readonly Judgement[]> {
    return this.#judgementsOf(await this.#tables(view), traceIds);
  }

  async read(view: LogView, picking: Picking): Promise<readonly LoggedTrace[]> {
    const tables = await this.#tables(view);
    const { limit, traceIds } = picking;
    const atMost = view.batches.reduce((sum, batch) => sum + batch.traces, 0);
    const statement = tracesStatement(tables, {
      ...picking,
      limit: limit < atMost ? limit : null,
      chosen: traceIds === null ? null : await this.#lists.choose(traceIds),
    });
    const traces: Trace[] = [];
    let rows = 0;
    await this.#eachRow(statement, [...rankCells, ...traceCells], ([place, ...row]) => {
      traces[Number(place) - 1] = traceFromRow(view.modelId, row);
      rows += 1;
    });
    if (rows !== traces.length)
      throw new RatchetError('StorageFailure', 'Athena left out some of the traces it counted.');
    const found = traces.map(({ traceId }) => traceId);
    const judged = view.files.judgementKeys.length > 0 && found.length > 0;
    const judgements = Map.groupBy(judged ? await this.#judgementsOf(tables, found) : [], ({ traceId }) => traceId);
    return traces.map((trace) => ({ trace, judgements: judgements.get(trace.traceId) ?? [] }));
  }

  async #judgementsOf(tables: LogTables, traceIds: readonly string[]): Promise<readonly Judgement[]> {
    const statement = judgementsStatement(tables, await this.#lists.choose(traceIds));
    const found: { readonly place: readonly [number, string, number]; readonly judgement: Judgement }[] = [];
    await this.#eachRow(statement, [...placeCells, ...judgementCells], ([arrival, batchId, position, ...row]) => {
      found.push({
        place: [Number(arrival), String(batchId), Number(position)],
        judgement: judgementFromRow(row),
      });
    });
    found.sort(
      ({ place: [a, inA, atA] }, { place: [b, inB, atB] }) => a - b || (inA < inB ? -1 : inA > inB ? 1 : atA - atB),
    );
    return found.map(({ judgement }) => judgement);
  }

  async #tables(view: LogView): Promise<LogTables> {
    const { database, traceBucket } = this.#options;
    return { database, view: await listView(view, { lists: this.#lists, traceBucket }) };
  }

  async #eachRow(statement: string, columns: Columns, take: (row: readonly Cell[]) => void): Promise<void> {
    try {
      await this.#athena.eachRow(statement, (cells) => take(columns.map((column, at) => cellOf(column, cells[at]))));
    } catch (error) {
      throw failure(error);
    }
  }
}

function cellOf([name, kind]: Columns[number], cell: string | undefined): Cell {
  if (cell === undefined || (cell === '' && kind === 'flag')) throw new TypeError(`a row lacks ${name}`);
  if (kind === 'flag') return cell === '1';
  if (cell === '') return null;
  if (kind === 'number') return Number(cell);
  if (!cell.startsWith('=')) throw new TypeError(`${name} is no text`);
  const text = Buffer.from(cell.slice(1), 'base64').toString('utf8');
  return kind === 'guarded' ? `|${text}` : text;
}

/** A statement of the log's own is never refused or wrong by what somebody asked. */
function failure(error: unknown): RatchetError {
  if (!(error instanceof RatchetError)) return traceStoreFailure(error);
  if (error.name !== 'ForbiddenQuery' && error.name !== 'InvalidInput') return error;
  return new RatchetError('StorageFailure', `Athena did not answer what was asked of the trace log. ${error.message}`, {
    cause: error,
    mend: 'Give the same command again; if that does not help, deploy with traceLog duckdb.',
  });
}
