import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { RatchetError } from '../../domain/base/errors.ts';
import { digest } from '../../domain/base/ids.ts';
import type { Judgement } from '../../domain/traces/judgement.ts';
import { standingJudgements } from '../../domain/traces/retractions.ts';
import { countVerdicts } from '../../domain/traces/verdict-counts.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type {
  Appended,
  BatchSummary,
  ErasedFromLog,
  LoggedTrace,
  ReadOptions,
  TraceBatch,
  TraceLog,
} from '../../ports/trace-log.ts';
import { inParallel } from '../local/in-parallel.ts';
import { withTemporaryFolder } from '../local/temporary-folder.ts';
import { DuckDbLogReader } from './duckdb-log-reader.ts';
import { type DuckDbLimits, openDuckDb, sqlLiteral, withConnection } from './duckdb-session.ts';
import { eraseTraces } from './erase-traces.ts';
import { FileDigests } from './file-digests.ts';
import { filesOf } from './log-files.ts';
import type { LogReader, LogView } from './log-reader.ts';
import { type MergeRequest, mergedTogether, mergeSmallFiles } from './merge-files.ts';
import { putOnce } from './put-once.ts';
import { Tombstones, tombstoneOf } from './tombstones.ts';
import {
  batchNameProblem,
  type CommittedBatch,
  judgementKey,
  type TraceBatchCommit,
  TraceBatches,
  traceKey,
} from './trace-batches.ts';
import { fingerprintsOf } from './trace-fingerprints.ts';
import { appendJudgement, appendTrace, judgementColumns, traceColumns } from './trace-rows.ts';
import { traceStoreFailure } from './trace-store-failure.ts';

const parallelWrites = 16;
/** Days that are written at once: each takes megabytes while its file is open, whatever is in it. */
const daysTogether = 32;

export interface DuckDbTraceLogOptions {
  readonly objects: ObjectStore;
  /** Dates the batches. */
  readonly clock: Clock;
  /** 512 MB and two threads by default. */
  readonly limits?: DuckDbLimits;
  /** Positions whose small files are merged; {@link mergedTogether} by default. */
  readonly mergedTogether?: readonly number[];
  /** What answers what is asked of the log; DuckDB in this process by default. */
  readonly reader?: LogReader;
}

/**
 * A {@link TraceLog} of Parquet files in an object store, written by DuckDB in this process, and read by it or by another
 * {@link LogReader}:
 *
 *     traces/<model>/date=YYYY-MM-DD/<batch>.parquet   by UTC date of the trace
 *     judgements/<model>/<batch>.parquet
 *     batches/_journal/<model>/<block>/<position>.json the commit, written last
 *     batches/<model>/<batch>.e1.json                  the commit of its next generation
 *     batches/<model>/erased/<digest>.json             digests of ids that were erased
 *     batches/_merged/<model>/<from>-<to>.json         what small files of positions were merged into
 *
 * A batch of which something was erased goes on as `<batch>.e1`, then `.e2`; the highest generation counts. Files are held
 * against the digests in their commits when they are read.
 *
 * Of traces with one id the first that arrived counts, and so with judgements of one trace with one id. Lone surrogates
 * in texts are replaced by U+FFFD when appended (their digests are the same); within steps and metadata they stay. Time
 * is compared to the millisecond. Call {@link close} when done.
 *
 * Faults: `InvalidInput` for a bad id or a trace of another model, `ObjectMissing`, `CorruptArtifact`,
 * `StorageFailure`.
 */
export class DuckDbTraceLog implements TraceLog {
  readonly #objects: ObjectStore;
  readonly #clock: Clock;
  readonly #limits: DuckDbLimits;
  readonly #batches: TraceBatches;
  readonly #tombstones: Tombstones;
  readonly #digests: FileDigests;
  readonly #mergedTogether: readonly number[];
  readonly #reader: LogReader;
  #instance: Promise<DuckDBInstance> | undefined;

  constructor(options: DuckDbTraceLogOptions) {
    this.#objects = options.objects;
    this.#clock = options.clock;
    this.#limits = options.limits ?? { memory: '512MB', threads: 2 };
    this.#batches = new TraceBatches(options.objects);
    this.#tombstones = new Tombstones(options.objects);
    this.#digests = new FileDigests(options.objects);
    this.#mergedTogether = options.mergedTogether ?? mergedTogether;
    const { objects } = options;
    const withDuckDb: MergeRequest['withDuckDb'] = (use) => this.#withDuckDb(use);
    this.#reader = options.reader ?? new DuckDbLogReader({ objects, digests: this.#digests, withDuckDb });
  }

  /** Frees DuckDB's memory. The log may be used again; it opens a new one. */
  async close(): Promise<void> {
    const instance = this.#instance;
    this.#instance = undefined;
    (await instance)?.closeSync();
  }

  version(modelId: string): Promise<string> {
    return this.#batches.version(modelId);
  }

  history(modelId: string, options?: { readonly after?: number | null }): Promise<readonly BatchSummary[]> {
    return this.#batches.history(modelId, options);
  }

  async append(modelId: string, batchId: string, batch: TraceBatch): Promise<Appended> {
    const problem = batchNameProblem(modelId, batchId);
    if (problem !== null) throw problem;
    const stranger = batch.traces.find((trace) => trace.modelId !== modelId);
    if (stranger !== undefined) {
      throw new RatchetError(
        'InvalidInput',
        `Trace ${JSON.stringify(stranger.traceId)} belongs to model ${stranger.modelId}, not ${modelId}.`,
      );
    }
    const committed = await this.#batches.list(modelId);
    if (committed.some((commit) => commit.batchId === batchId)) return 'appended';
    const traceIds = [...batch.traces, ...batch.judgements].map(({ traceId }) => traceId);
    const { seen = null } = batch;
    // Asked before the files are written, to save them, and once more in the commit, which nothing can come before.
    if (await this.#batches.isOvertaken(modelId, committed, seen, traceIds)) return 'overtaken';
    const arrival = committed.reduce((latest, commit) => Math.max(latest, commit.arrival), 0) + 1;
    return withTemporaryFolder(async (folder) => {
      await this.#withDuckDb((connection) => writeParquet(connection, folder, batch, { arrival, batchId }));
      const files = await findParquet(folder, modelId, batchId);
      const stored = await inParallel(files, parallelWrites, async ({ kind, key, path }) => {
        const body = await readFile(path);
        return { kind, key: await putOnce(this.#objects, key, body), digest: digest(body), bytes: body.length };
      });
      const traceFiles = stored.filter((file) => file.kind === 'traces');
      const judgementFiles = stored.filter((file) => file.kind === 'judgements');
      const digests = [...traceFiles, ...judgementFiles].map((file) => file.digest);
      const commit: TraceBatchCommit = {
        schemaVersion: 1,
        batchId,
        appendedAt: new Date(this.#clock.now()).toISOString(),
        arrival,
        traces: batch.traces.length,
        judgements: batch.judgements.length,
        ...(batch.verdicts ?? countVerdicts(batch.judgements)),
        ...(batch.takesBack === undefined ? {} : { takesBack: batch.takesBack }),
        traceKeys: traceFiles.map(({ key }) => key),
        judgementKeys: judgementFiles.map(({ key }) => key),
        digest: digest(...digests),
        digests,
        bytes: stored.reduce((sum, { bytes }) => sum + bytes, 0),
        fingerprints: fingerprintsOf(traceIds),
      };
      const appended = await this.#batches.commit(modelId, commit, { seen, traceIds });
      // The batch is in the log, whatever becomes of the merging: the next append tries it again.
      if (appended === 'appended') await this.mergeSmallFiles(modelId).catch(() => undefined);
      return appended;
    });
  }

  /**
   * Takes a step towards fewer files, where small ones of older batches have come together, in bounded time; so does each
   * append. What is read before and after is the same.
   */
  async mergeSmallFiles(modelId: string): Promise<void> {
    await mergeSmallFiles(this.#request(modelId), this.#mergedTogether);
  }

  #request(modelId: string): MergeRequest {
    return {
      modelId,
      objects: this.#objects,
      batches: this.#batches,
      digests: this.#digests,
      withDuckDb: (use) => this.#withDuckDb(use),
    };
  }

  async knownTraces(
    modelId: string,
    traceIds: readonly string[],
  ): Promise<ReadonlyMap<string, { inputDigest: string }>> {
    return this.#batches.consistently(modelId, () => this.#knownTraces(modelId, traceIds));
  }

  async #knownTraces(
    modelId: string,
    traceIds: readonly string[],
  ): Promise<ReadonlyMap<string, { inputDigest: string }>> {
    const view = await this.#viewAbout(modelId, traceIds);
    if (view.files.traceKeys.length === 0 || traceIds.length === 0) return new Map();
    const stored = await this.#reader.inputDigests(view, traceIds);
    const known = new Map<string, { inputDigest: string }>();
    for (const traceId of traceIds) {
      const inputDigest = stored.get(traceId.toWellFormed());
      if (inputDigest !== undefined) known.set(traceId, { inputDigest });
    }
    return known;
  }

  judgementsOf(modelId: string, traceIds: readonly string[]): Promise<ReadonlyMap<string, readonly Judgement[]>> {
    return this.#batches.consistently(modelId, () => this.#judgementsOf(modelId, traceIds));
  }

  async #judgementsOf(
    modelId: string,
    traceIds: readonly string[],
  ): Promise<ReadonlyMap<string, readonly Judgement[]>> {
    const view = await this.#viewAbout(modelId, traceIds);
    if (view.files.judgementKeys.length === 0 || traceIds.length === 0) return new Map();
    const asked = new Map(traceIds.map((traceId) => [traceId.toWellFormed(), traceId]));
    const found = await this.#reader.judgementsOf(view, traceIds);
    return Map.groupBy(found, ({ traceId }) => asked.get(traceId) ?? traceId);
  }

  async #viewAbout(modelId: string, traceIds: readonly string[]): Promise<LogView> {
    const all = await this.#batches.list(modelId);
    return viewOf(modelId, await this.#batches.about(modelId, all, traceIds), all);
  }

  read(modelId: string, options: ReadOptions): Promise<readonly LoggedTrace[]> {
    return this.#batches.consistently(modelId, () => this.#readCommitted(modelId, options));
  }

  async erase(modelId: string, traceIds: readonly string[]): Promise<ErasedFromLog> {
    await this.#tombstones.add(modelId, traceIds, new Date(this.#clock.now()).toISOString());
    return eraseTraces({ ...this.#request(modelId), tombstones: await this.#tombstones.of(modelId) });
  }

  async erasedAmong(modelId: string, traceIds: readonly string[]): Promise<ReadonlySet<string>> {
    const tombstones = await this.#tombstones.of(modelId);
    if (tombstones.size === 0) return new Set();
    return new Set(traceIds.filter((traceId) => tombstones.has(tombstoneOf(modelId, traceId))));
  }

  async #readCommitted(modelId: string, options: ReadOptions): Promise<readonly LoggedTrace[]> {
    const { limit, through = Number.POSITIVE_INFINITY, after, humanJudgedAfter, traceIds } = options;
    const all = (await this.#batches.list(modelId)).filter(({ position }) => position <= through);
    const view = viewOf(modelId, traceIds === undefined ? all : await this.#batches.about(modelId, all, traceIds), all);
    const { batches, files } = view;
    if (limit <= 0 || files.traceKeys.length === 0) return [];
    if (!batches.some(({ position, traces }) => position > (after ?? 0) && traces > 0)) return [];
    if (humanJudgedAfter !== undefined) {
      if (files.judgementKeys.length === 0 || !batches.some(({ position }) => position > humanJudgedAfter)) return [];
    }
    const found = await this.#reader.read(view, {
      limit,
      after: after ?? 0,
      humanJudgedAfter: humanJudgedAfter ?? null,
      traceIds: traceIds ?? null,
    });
    if (options.retracted === true) return found;
    return found.map(({ trace, judgements }) => ({ trace, judgements: standingJudgements(judgements) }));
  }

  async #withDuckDb<T>(use: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    this.#instance ??= openDuckDb(this.#limits);
    try {
      return await withConnection(await this.#instance, use);
    } catch (error) {
      throw traceStoreFailure(error);
    }
  }
}

function viewOf(modelId: string, batches: readonly CommittedBatch[], all: readonly CommittedBatch[]): LogView {
  return { modelId, batches, all, files: filesOf(batches, all) };
}

async function writeParquet(
  connection: DuckDBConnection,
  folder: string,
  batch: TraceBatch,
  place: { readonly arrival: number; readonly batchId: string },
): Promise<void> {
  const options = 'FORMAT parquet, COMPRESSION zstd';
  if (batch.traces.length > 0) {
    await connection.run(`CREATE TEMP TABLE new_traces (${traceColumns})`);
    const appender = await connection.createAppender('new_traces');
    for (const [position, trace] of batch.traces.entries()) appendTrace(appender, trace, { ...place, position });
    appender.closeSync();
    const target = sqlLiteral(join(folder, 'traces'));
    await connection.run(`SET partitioned_write_max_open_files = ${daysTogether + 1}`);
    const found = await connection.runAndReadAll('SELECT DISTINCT date FROM new_traces ORDER BY date');
    const days = found.getRows().map(([day]) => String(day));
    for (let at = 0; at < days.length; at += daysTogether) {
      const some = days
        .slice(at, at + daysTogether)
        .map(sqlLiteral)
        .join(', ');
      await connection.run(`COPY (FROM new_traces WHERE date IN (${some}) ORDER BY position) TO ${target}
        (${options}, PARTITION_BY (date), OVERWRITE_OR_IGNORE)`);
    }
    await connection.run('DROP TABLE new_traces');
  }
  if (batch.judgements.length > 0) {
    await connection.run(`CREATE TEMP TABLE new_judgements (${judgementColumns})`);
    const appender = await connection.createAppender('new_judgements');
    for (const [position, judgement] of batch.judgements.entries())
      appendJudgement(appender, judgement, { ...place, position });
    appender.closeSync();
    await connection.run(`COPY new_judgements TO ${sqlLiteral(join(folder, 'judgements.parquet'))} (${options})`);
    await connection.run('DROP TABLE new_judgements');
  }
}

interface ParquetFile {
  readonly kind: 'traces' | 'judgements';
  readonly key: string;
  readonly path: string;
}

/** What {@link writeParquet} wrote, with the keys it belongs under. */
async function findParquet(folder: string, modelId: string, batchId: string): Promise<readonly ParquetFile[]> {
  const names = await readdir(folder);
  const files: ParquetFile[] = [];
  if (names.includes('judgements.parquet')) {
    files.push({ kind: 'judgements', key: judgementKey(modelId, batchId), path: join(folder, 'judgements.parquet') });
  }
  if (!names.includes('traces')) return files;
  for (const partition of (await readdir(join(folder, 'traces'))).sort()) {
    const date = partition.replace('date=', '');
    const parts = (await readdir(join(folder, 'traces', partition))).sort();
    for (const [part, name] of parts.entries()) {
      files.push({
        kind: 'traces',
        key: traceKey(modelId, date, batchId, part),
        path: join(folder, 'traces', partition, name),
      });
    }
  }
  return files;
}
