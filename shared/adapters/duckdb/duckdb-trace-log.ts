import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type DuckDBConnection,
  type DuckDBInstance,
  type DuckDBValue,
  INTEGER,
  LIST,
  listValue,
  VARCHAR,
} from '@duckdb/node-api';
import { RatchetError } from '../../domain/base/errors.ts';
import { digest } from '../../domain/base/ids.ts';
import type { Judgement } from '../../domain/traces/judgement.ts';
import { standingJudgements } from '../../domain/traces/retractions.ts';
import type { Trace } from '../../domain/traces/trace.ts';
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
import { withLocalFiles } from '../local/local-files.ts';
import { withTemporaryFolder } from '../local/temporary-folder.ts';
import { type DuckDbLimits, openDuckDb, sqlLiteral, withConnection } from './duckdb-session.ts';
import { eraseTraces } from './erase-traces.ts';
import { FileDigests } from './file-digests.ts';
import { filesOf, type LogFiles, parquetRows, passOver } from './log-files.ts';
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
import {
  appendJudgement,
  appendTrace,
  guarded,
  judgementColumns,
  judgementFromRow,
  judgementSelection,
  laterJudgementColumns,
  rowsOf,
  traceColumns,
  traceFromRow,
  traceSelection,
  unguarded,
} from './trace-rows.ts';
import { firstJudgements, firstTraces } from './trace-sql.ts';
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
}

/**
 * A {@link TraceLog} of Parquet files in an object store, written and read by DuckDB in this process:
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
  #instance: Promise<DuckDBInstance> | undefined;

  constructor(options: DuckDbTraceLogOptions) {
    this.#objects = options.objects;
    this.#clock = options.clock;
    this.#limits = options.limits ?? { memory: '512MB', threads: 2 };
    this.#batches = new TraceBatches(options.objects);
    this.#tombstones = new Tombstones(options.objects);
    this.#digests = new FileDigests(options.objects);
    this.#mergedTogether = options.mergedTogether ?? mergedTogether;
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
    const all = await this.#batches.list(modelId);
    const files = filesOf(await this.#batches.about(modelId, all, traceIds), all);
    const known = new Map<string, { inputDigest: string }>();
    if (files.traceKeys.length === 0 || traceIds.length === 0) return known;
    const stored = new Map<string, string>();
    await this.#withFiles({ ...files, judgementKeys: [] }, async (connection, { traces: paths, skips }) => {
      const sql = `SELECT ${guarded('trace_id')}, input_digest FROM ${parquetRows('$files', { skips })}
        WHERE trace_id IN (SELECT unnest($ids)) QUALIFY ${firstTraces}`;
      await eachRow(connection, sql, { files: paths, ids: wellFormed(traceIds) }, ([traceId, inputDigest]) => {
        stored.set(unguarded(traceId), String(inputDigest));
      });
    });
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
    const all = await this.#batches.list(modelId);
    const files = filesOf(await this.#batches.about(modelId, all, traceIds), all);
    const found = new Map<string, Judgement[]>();
    if (files.judgementKeys.length === 0 || traceIds.length === 0) return found;
    const asked = new Map(traceIds.map((traceId) => [traceId.toWellFormed(), traceId]));
    await this.#withFiles({ ...files, traceKeys: [] }, async (connection, { judgements: paths, skips }) => {
      const sql = `
        SELECT ${judgementSelection} FROM ${judgementRows('$files', skips)} file
        WHERE file.trace_id IN (SELECT unnest($ids)) QUALIFY ${firstJudgements}
        ORDER BY arrival, file.batch_id, file.position`;
      await eachRow(connection, sql, { files: paths, ids: wellFormed(traceIds) }, (row) => {
        const judgement = judgementFromRow(row);
        const traceId = asked.get(judgement.traceId) ?? judgement.traceId;
        const others = found.get(traceId);
        if (others === undefined) found.set(traceId, [judgement]);
        else others.push(judgement);
      });
    });
    return found;
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
    const { through = Number.POSITIVE_INFINITY, after, humanJudgedAfter, traceIds } = options;
    const all = (await this.#batches.list(modelId)).filter(({ position }) => position <= through);
    const commits = traceIds === undefined ? all : await this.#batches.about(modelId, all, traceIds);
    const laterThan = (position: number) => commits.filter((commit) => commit.position > position);
    const wanted = laterThan(after ?? 0).filter((commit) => commit.traces > 0);
    const files = filesOf(commits, all);
    const judging = humanJudgedAfter === undefined ? null : laterThan(humanJudgedAfter).map((commit) => commit.batchId);
    if (files.traceKeys.length === 0 || wanted.length === 0 || options.limit <= 0 || judging?.length === 0) return [];
    if (judging !== null && files.judgementKeys.length === 0) return [];

    return this.#withFiles(files, async (connection, local) => {
      await pickTraces(connection, local, wanted, judging, options, latestTimes(all));
      const traces = await readPicked(connection, local, modelId);
      const judgements = await readJudgements(connection, local);
      return traces.map((trace, rank) => {
        const said = judgements.get(rank) ?? [];
        return { trace, judgements: options.retracted === true ? said : standingJudgements(said) };
      });
    });
  }

  /** Local files, held against their digests. */
  #withFiles<T>(
    { units, traceKeys, judgementKeys, passedOver }: LogFiles,
    use: (connection: DuckDBConnection, local: LocalFiles) => Promise<T>,
  ): Promise<T> {
    const keys = [...traceKeys, ...judgementKeys];
    return withLocalFiles(this.#objects, keys, async (paths) => {
      const files = new Map(paths.map((path, index) => [keys[index] ?? '', path]));
      await this.#digests.check(units, files);
      return this.#withDuckDb(async (connection) => {
        const skips = await passOver(connection, passedOver, files);
        return use(connection, {
          traces: paths.slice(0, traceKeys.length),
          judgements: paths.slice(traceKeys.length),
          skips,
        });
      });
    });
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

interface LocalFiles {
  readonly traces: readonly string[];
  readonly judgements: readonly string[];
  /** Whether rows of them are passed over. */
  readonly skips: boolean;
}

function judgementRows(files: string, skips: boolean): string {
  return rowsOf(parquetRows(files, { skips, byName: true }), laterJudgementColumns);
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

/** Fills the temporary table `picked` with the places of the traces to read, ranked from 0, newest first. */
async function pickTraces(
  connection: DuckDBConnection,
  { traces, judgements, skips }: LocalFiles,
  batches: readonly CommittedBatch[],
  judging: readonly string[] | null,
  options: ReadOptions,
  latest: ReadonlyMap<number, string>,
): Promise<void> {
  const { traceIds } = options;
  const conditions = [
    ...(traceIds === undefined ? [] : ['trace_id IN (SELECT unnest($ids))']),
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
    batches: batches.map(({ batchId }) => batchId),
    arrived: batches.map(({ position }) => String(position)),
    latest: batches.map(({ position }) => latest.get(position) ?? '9999-12-31'),
    limit: Math.min(options.limit, 2 ** 31 - 1),
    ...(traceIds && { ids: wellFormed(traceIds) }),
    ...(judging && { judgements, judging }),
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

const earliestClock = Date.parse('2000-01-01T00:00:00Z');

/**
 * The latest time that a trace of each batch can have, by position: what came in before another batch did is not of the
 * time after it, but for two days that clocks and zones may differ by. A clock that stood ahead puts nothing before what came later; one of before the year 2000 says nothing.
 */
function latestTimes(commits: readonly CommittedBatch[]): ReadonlyMap<number, string> {
  const bounds = new Map<number, string>();
  let bound = Number.POSITIVE_INFINITY;
  for (const { position, appendedAt } of commits.toReversed()) {
    const at = Date.parse(appendedAt);
    if (at >= earliestClock) bound = Math.min(bound, at);
    if (Number.isFinite(bound)) bounds.set(position, new Date(bound).toISOString());
  }
  return bounds;
}

function wellFormed(texts: readonly string[]): readonly string[] {
  return texts.map((text) => text.toWellFormed());
}
