import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LIST, listValue, VARCHAR } from '@duckdb/node-api';
import { digest } from '../../domain/base/ids.ts';
import type { Judgement } from '../../domain/traces/judgement.ts';
import { countsAfterErasure } from '../../domain/traces/verdict-counts.ts';
import type { ErasedFromLog } from '../../ports/trace-log.ts';
import { withLocalFiles } from '../local/local-files.ts';
import { withTemporaryFolder } from '../local/temporary-folder.ts';
import { sqlLiteral } from './duckdb-session.ts';
import { filesOf, parquetRows } from './log-files.ts';
import { type MergeRequest, mergeStaleAnew, removeUnused, unusedOf } from './merge-files.ts';
import type { FilesOnRecord } from './merged-files.ts';
import { tombstoneOf } from './tombstones.ts';
import {
  batchOfKey,
  type CommittedBatch,
  commitKey,
  encodeCommit,
  keyInGeneration,
  type TraceBatchCommit,
} from './trace-batches.ts';
import {
  guarded,
  judgementFromRow,
  judgementSelection,
  laterJudgementColumns,
  rowsOf,
  unguarded,
} from './trace-rows.ts';

export interface EraseRequest extends MergeRequest {
  /** Digests of all that was ever erased of the model, so that what was broken off is ended too. */
  readonly tombstones: ReadonlySet<string>;
}

/**
 * Takes the traces of the tombstones out of all files of a log. A batch that holds some gets a new generation: new files
 * beside the old ones, then a commit, which changes all of the batch at once, then the old ones go; what it was merged
 * into is merged anew. Files that no commit names are looked through too: a process may have died between two of these
 * steps, or before a first commit.
 */
export async function eraseTraces(request: EraseRequest): Promise<ErasedFromLog> {
  const { modelId, objects } = request;
  const total = { traces: 0, judgements: 0, keys: [] as string[] };
  const { batches: commits, merges } = await request.batches.listWithMerges(modelId);
  const { units, traceKeys, judgementKeys } = filesOf(commits);
  const named = new Set([...traceKeys, ...judgementKeys]);
  const committed = new Set(commits.map(({ batchId }) => batchId));
  const replaced = new Set(unusedOf(commits, merges).flatMap((one) => [...one.traceKeys, ...one.judgementKeys]));
  const stored = [...(await objects.list(`traces/${modelId}/`)), ...(await objects.list(`judgements/${modelId}/`))];
  const uncommitted = stored.filter((key) => !committed.has(batchOfKey(key)) && !named.has(key) && !replaced.has(key));
  const doomed = await findErased([...named, ...uncommitted], units, request);

  for (const commit of commits) {
    const { traceKeys: traces, judgementKeys: judgements } = commit.merged?.files ?? commit;
    const found = [...traces, ...judgements].some((key) => doomed.get(key)?.has(commit.batchId));
    if (!found) continue;
    const gone = await nextGeneration(commit, doomed, request);
    total.traces += gone.traces;
    total.judgements += gone.judgements;
    total.keys.push(...gone.keys);
  }
  for (const key of uncommitted) {
    const ids = doomed.get(key);
    if (ids === undefined) continue;
    // In place: the process that wrote it may yet commit it under this key.
    const { body } = await withoutTraces(key, [...ids.values()].flat(), null, request);
    if (body === null) await objects.delete(key);
    else {
      await request.digests.noteRewritten(modelId, key, body);
      await objects.put(key, body);
    }
    total.keys.push(key);
  }
  await mergeStaleAnew(request);
  total.keys.push(...(await sweep(request)));
  return { ...total, keys: [...new Set(total.keys)] };
}

/** Erased ids of which a file holds rows, by key and batch. */
type Doomed = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

/**
 * Which erased ids each file holds; files without any are left out.
 * @throws RatchetError `CorruptArtifact` for a file that is not what was written: rewritten, it would pass for sound
 */
async function findErased(
  keys: readonly string[],
  units: readonly FilesOnRecord[],
  { modelId, tombstones, objects, digests, withDuckDb }: EraseRequest,
): Promise<Doomed> {
  const found = new Map<string, Map<string, string[]>>();
  if (keys.length === 0 || tombstones.size === 0) return found;
  await withLocalFiles(objects, keys, async (paths) => {
    await digests.check(units, new Map(paths.map((path, index) => [keys[index] ?? '', path])));
    await withDuckDb(async (connection) => {
      const keyOf = new Map(paths.map((path, index) => [path, keys[index] ?? '']));
      const sql = `SELECT DISTINCT ${guarded('trace_id')}, ${guarded('filename')}, batch_id
        FROM read_parquet($1, hive_partitioning = false, union_by_name = true, filename = true)`;
      const rows = await connection.stream(sql, [listValue([...paths])], [LIST(VARCHAR)]);
      for await (const chunk of rows) {
        for (const [id, file, batch] of chunk.getRows()) {
          const traceId = unguarded(id);
          if (!tombstones.has(tombstoneOf(modelId, traceId))) continue;
          const key = keyOf.get(unguarded(file)) ?? '';
          const ofFile = found.get(key) ?? new Map<string, string[]>();
          found.set(key, ofFile.set(String(batch), [...(ofFile.get(String(batch)) ?? []), traceId]));
        }
      }
    });
  });
  return found;
}

/** Writes the files that change under new keys, then the commit that names them. */
async function nextGeneration(commit: CommittedBatch, doomed: Doomed, request: EraseRequest): Promise<ErasedFromLog> {
  const { modelId, objects } = request;
  const { generation: before, superseded, position, merged, digests: _, ...rest } = commit;
  const { batchId } = commit;
  const generation = before + 1;
  const gone = { traces: 0, judgements: 0 };
  const written: { readonly digest: string; readonly bytes: number }[] = [];
  const changed: string[] = [];
  const rewrite = async (keys: readonly string[], kind: 'traces' | 'judgements'): Promise<string[]> => {
    const kept: string[] = [];
    for (const key of keys) {
      const ids = doomed.get(key)?.get(batchId);
      if (ids !== undefined) changed.push(key);
      if (ids === undefined && merged === null) {
        const body = (await objects.get(key)) ?? new Uint8Array();
        written.push({ digest: digest(body), bytes: body.length });
        kept.push(key);
        continue;
      }
      const { body, removed } = await withoutTraces(key, ids ?? [], merged === null ? null : batchId, request);
      gone[kind] += removed;
      if (body === null) continue;
      const own = `${key.slice(0, key.lastIndexOf('/') + 1)}${batchId}.parquet`;
      const next = keyInGeneration(merged === null ? key : own, generation);
      await objects.put(next, body);
      written.push({ digest: digest(body), bytes: body.length });
      kept.push(next);
    }
    return kept;
  };
  const files = merged?.files ?? commit;
  const traceKeys = await rewrite(files.traceKeys, 'traces');
  const judgementKeys = await rewrite(files.judgementKeys, 'judgements');
  const digests = written.map((one) => one.digest);
  const { judged, failed = 0, corrected = 0 } = commit;
  const counts =
    judged === undefined
      ? {}
      : countsAfterErasure({ judged, failed, corrected }, await judgementsOf(judgementKeys, request));
  const next: TraceBatchCommit = {
    ...rest,
    ...counts,
    traces: commit.traces - gone.traces,
    judgements: commit.judgements - gone.judgements,
    traceKeys,
    judgementKeys,
    digest: digest(...digests),
    digests,
    bytes: written.reduce((sum, { bytes }) => sum + bytes, 0),
  };
  await objects.put(commitKey(modelId, batchId, generation), encodeCommit(next));
  return { ...gone, keys: changed };
}

/** The rows of a file, or of one batch in it, without certain traces; null when nothing is left of them. */
async function withoutTraces(
  key: string,
  traceIds: readonly string[],
  batchId: string | null,
  { objects, withDuckDb }: EraseRequest,
): Promise<{ readonly body: Uint8Array | null; readonly removed: number }> {
  return objects.withLocalFile(key, (path) =>
    withTemporaryFolder(async (folder) => {
      const target = join(folder, 'kept.parquet');
      const [before, after] = await withDuckDb(async (connection) => {
        await connection.run('CREATE TEMP TABLE doomed (trace_id VARCHAR)');
        const appender = await connection.createAppender('doomed');
        for (const traceId of traceIds) {
          appender.appendVarchar(traceId);
          appender.endRow();
        }
        appender.closeSync();
        const rows = `read_parquet(${sqlLiteral(path)}, hive_partitioning = false)`;
        const source = batchId === null ? rows : `(FROM ${rows} WHERE batch_id = ${sqlLiteral(batchId)})`;
        await connection.run(`COPY (SELECT * FROM ${source} WHERE trace_id NOT IN (FROM doomed) ORDER BY position)
          TO ${sqlLiteral(target)} (FORMAT parquet, COMPRESSION zstd)`);
        const count = async (files: string): Promise<number> => {
          const reader = await connection.runAndReadAll(`SELECT count(*) FROM ${files}`);
          return Number(reader.getRows()[0]?.[0] ?? 0);
        };
        const counts = [
          await count(source),
          await count(`read_parquet(${sqlLiteral(target)}, hive_partitioning = false)`),
        ];
        await connection.run('DROP TABLE doomed');
        return counts;
      });
      const removed = (before ?? 0) - (after ?? 0);
      return { body: after === 0 ? null : await readFile(target), removed };
    }),
  );
}

async function judgementsOf(keys: readonly string[], { objects, withDuckDb }: EraseRequest): Promise<Judgement[]> {
  if (keys.length === 0) return [];
  return withLocalFiles(objects, keys, (paths) =>
    withDuckDb(async (connection) => {
      const sql = `SELECT ${judgementSelection} FROM ${rowsOf(parquetRows('$1', { skips: false, byName: true }), laterJudgementColumns)} file
        ORDER BY file.position`;
      const reader = await connection.runAndReadAll(sql, [listValue([...paths])], [LIST(VARCHAR)]);
      return reader.getRows().map(judgementFromRow);
    }),
  );
}

/** Removes commits that a later generation took the place of, and files of committed batches that nothing names. */
async function sweep(request: EraseRequest): Promise<readonly string[]> {
  const { modelId, objects } = request;
  const { batches: commits, merges } = await request.batches.listWithMerges(modelId);
  for (const key of commits.flatMap((commit) => commit.superseded)) await objects.delete(key);
  const committed = new Set(commits.map(({ batchId }) => batchId));
  const { traceKeys, judgementKeys } = filesOf(commits);
  const named = new Set([...traceKeys, ...judgementKeys]);
  const stored = [...(await objects.list(`traces/${modelId}/`)), ...(await objects.list(`judgements/${modelId}/`))];
  const left = stored.filter((key) => committed.has(batchOfKey(key)) && !named.has(key));
  for (const key of left) await objects.delete(key);
  return [...left, ...(await removeUnused(commits, merges, request))];
}
