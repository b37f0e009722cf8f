import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { LIST, listValue, VARCHAR } from '@duckdb/node-api';
import { digest } from '../../domain/base/ids.ts';
import type { Judgement } from '../../domain/traces/judgement.ts';
import { countVerdicts } from '../../domain/traces/verdict-counts.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { ErasedFromLog } from '../../ports/trace-log.ts';
import { withLocalFiles } from '../local/local-files.ts';
import { withTemporaryFolder } from '../local/temporary-folder.ts';
import { sqlLiteral } from './duckdb-session.ts';
import type { FileDigests } from './file-digests.ts';
import { tombstoneOf } from './tombstones.ts';
import {
  batchOfKey,
  type CommittedBatch,
  commitKey,
  keyInGeneration,
  type TraceBatchCommit,
  type TraceBatches,
} from './trace-batches.ts';
import {
  guarded,
  judgementFromRow,
  judgementSelection,
  laterJudgementColumns,
  rowsOf,
  unguarded,
} from './trace-rows.ts';

export interface EraseRequest {
  readonly modelId: string;
  /** Digests of all that was ever erased of the model, so that what was broken off is ended too. */
  readonly tombstones: ReadonlySet<string>;
  readonly objects: ObjectStore;
  readonly batches: TraceBatches;
  readonly digests: FileDigests;
  withDuckDb<T>(use: (connection: DuckDBConnection) => Promise<T>): Promise<T>;
}

/**
 * Takes the traces of the tombstones out of all files of a log. A batch that holds some gets a new generation: new files
 * beside the old ones, then a commit, which changes all of the batch at once, then the old ones go. Files that no
 * commit names are looked through too: a process may have died between two of these steps, or before a first commit.
 */
export async function eraseTraces(request: EraseRequest): Promise<ErasedFromLog> {
  const { modelId, objects, batches } = request;
  const total = { traces: 0, judgements: 0, keys: [] as string[] };
  const commits = await batches.list(modelId);
  const committed = new Set(commits.map(({ batchId }) => batchId));
  const stored = [...(await objects.list(`traces/${modelId}/`)), ...(await objects.list(`judgements/${modelId}/`))];
  const uncommitted = stored.filter((key) => !committed.has(batchOfKey(key)));
  const named = commits.flatMap((commit) => [...commit.traceKeys, ...commit.judgementKeys]);
  const doomed = await findErased([...named, ...uncommitted], commits, request);

  for (const commit of commits) {
    const found = [...commit.traceKeys, ...commit.judgementKeys].some((key) => doomed.has(key));
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
    const { body } = await withoutTraces(key, ids, request);
    if (body === null) await objects.delete(key);
    else {
      await request.digests.noteRewritten(modelId, key, body);
      await objects.put(key, body);
    }
    total.keys.push(key);
  }
  total.keys.push(...(await sweep(request)));
  return total;
}

/**
 * Which erased ids each file holds; files without any are left out.
 * @throws RatchetError `CorruptArtifact` for a file that is not what was written: rewritten, it would pass for sound
 */
async function findErased(
  keys: readonly string[],
  commits: readonly CommittedBatch[],
  { modelId, tombstones, objects, digests, withDuckDb }: EraseRequest,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, string[]>();
  if (keys.length === 0 || tombstones.size === 0) return found;
  await withLocalFiles(objects, keys, async (paths) => {
    await digests.check(commits, new Map(paths.map((path, index) => [keys[index] ?? '', path])));
    await withDuckDb(async (connection) => {
      const keyOf = new Map(paths.map((path, index) => [path, keys[index] ?? '']));
      const sql = `SELECT DISTINCT ${guarded('trace_id')}, ${guarded('filename')}
        FROM read_parquet($1, hive_partitioning = false, union_by_name = true, filename = true)`;
      const rows = await connection.stream(sql, [listValue([...paths])], [LIST(VARCHAR)]);
      for await (const chunk of rows) {
        for (const [id, file] of chunk.getRows()) {
          const traceId = unguarded(id);
          if (!tombstones.has(tombstoneOf(modelId, traceId))) continue;
          const key = keyOf.get(unguarded(file)) ?? '';
          const ids = found.get(key);
          if (ids === undefined) found.set(key, [traceId]);
          else ids.push(traceId);
        }
      }
    });
  });
  return found;
}

/** Writes the files that change under new keys, then the commit that names them. */
async function nextGeneration(
  commit: CommittedBatch,
  doomed: ReadonlyMap<string, readonly string[]>,
  request: EraseRequest,
): Promise<ErasedFromLog> {
  const { modelId, objects } = request;
  const { generation: before, superseded, position, digests: _, ...rest } = commit;
  const generation = before + 1;
  const gone = { traces: 0, judgements: 0 };
  const digests: string[] = [];
  const changed: string[] = [];
  const rewrite = async (keys: readonly string[], kind: 'traces' | 'judgements'): Promise<string[]> => {
    const kept: string[] = [];
    for (const key of keys) {
      const ids = doomed.get(key);
      if (ids === undefined) {
        digests.push(digest((await objects.get(key)) ?? ''));
        kept.push(key);
        continue;
      }
      changed.push(key);
      const { body, removed } = await withoutTraces(key, ids, request);
      gone[kind] += removed;
      if (body === null) continue;
      const next = keyInGeneration(key, generation);
      await objects.put(next, body);
      digests.push(digest(body));
      kept.push(next);
    }
    return kept;
  };
  const traceKeys = await rewrite(commit.traceKeys, 'traces');
  const judgementKeys = await rewrite(commit.judgementKeys, 'judgements');
  const counts = commit.judged === undefined ? {} : countVerdicts(await judgementsOf(judgementKeys, request));
  const next: TraceBatchCommit = {
    ...rest,
    ...counts,
    traces: commit.traces - gone.traces,
    judgements: commit.judgements - gone.judgements,
    traceKeys,
    judgementKeys,
    digest: digest(...digests),
    digests,
  };
  await objects.put(commitKey(modelId, commit.batchId, generation), new TextEncoder().encode(JSON.stringify(next)));
  return { ...gone, keys: changed };
}

/** A file's bytes without certain traces; null when nothing is left of it. */
async function withoutTraces(
  key: string,
  traceIds: readonly string[],
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
        const source = `read_parquet(${sqlLiteral(path)}, hive_partitioning = false)`;
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
      const sql = `SELECT ${judgementSelection} FROM ${rowsOf('$1', laterJudgementColumns)} file
        ORDER BY file.position`;
      const reader = await connection.runAndReadAll(sql, [listValue([...paths])], [LIST(VARCHAR)]);
      return reader.getRows().map(judgementFromRow);
    }),
  );
}

/** Removes commits that a later generation took the place of, and files of committed batches that no commit names. */
async function sweep({ modelId, objects, batches }: EraseRequest): Promise<readonly string[]> {
  const commits = await batches.list(modelId);
  for (const key of commits.flatMap((commit) => commit.superseded)) await objects.delete(key);
  const committed = new Set(commits.map(({ batchId }) => batchId));
  const named = new Set(commits.flatMap((commit) => [...commit.traceKeys, ...commit.judgementKeys]));
  const stored = [...(await objects.list(`traces/${modelId}/`)), ...(await objects.list(`judgements/${modelId}/`))];
  const left = stored.filter((key) => committed.has(batchOfKey(key)) && !named.has(key));
  for (const key of left) await objects.delete(key);
  return left;
}
