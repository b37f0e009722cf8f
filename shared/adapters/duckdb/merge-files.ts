import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { LIST, listValue, VARCHAR } from '@duckdb/node-api';
import { digest } from '../../domain/base/ids.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { inParallel } from '../local/in-parallel.ts';
import { withLocalFiles } from '../local/local-files.ts';
import { withTemporaryFolder } from '../local/temporary-folder.ts';
import { sqlLiteral } from './duckdb-session.ts';
import type { FileDigests } from './file-digests.ts';
import { filesOf, type LogFiles, parquetRows, passOver } from './log-files.ts';
import { type MergedFiles, type MergeRecord, type Merges, mergedKey, mergeKey, tidiedKey } from './merged-files.ts';
import { putOnce } from './put-once.ts';
import type { CommittedBatch, TraceBatches } from './trace-batches.ts';

export interface MergeRequest {
  readonly modelId: string;
  readonly objects: ObjectStore;
  readonly batches: TraceBatches;
  readonly digests: FileDigests;
  withDuckDb<T>(use: (connection: DuckDBConnection) => Promise<T>): Promise<T>;
}

/** Positions of the log whose small files become one a day, each stretch as soon as it is full: first few, then many. */
export const mergedTogether: readonly number[] = [100, 1_000];

/** A batch that has more keeps files of its own. */
const smallBatch = { rows: 5_000, bytes: 4 * 2 ** 20, files: 32 };
/** A stretch that has more stays as it is: one merge is to fit beside an ingest, in time and in memory. */
const mostAtOnce = { rows: 100_000, bytes: 32 * 2 ** 20 };
/** Of batches of versions that did not note their size. */
const bytesOfRow = 1_500;
const parallelDeletes = 16;
/** How often what is erased while files are merged makes them be merged anew. */
const mostAttempts = 5;

/**
 * Takes a step towards fewer files: removes what the last step took the place of, then merges one stretch of small files,
 * if one is full. Readers that began before are at the old files meanwhile, and read again where they miss one.
 */
export async function mergeSmallFiles(request: MergeRequest, together: readonly number[]): Promise<void> {
  const { batches, merges } = await request.batches.listWithMerges(request.modelId);
  await removeReplaced(batches, merges, request);
  const due = dueStretch(batches, merges, together);
  if (due === null || (await mergeStretch(due, request)) <= 1) return;
  // Something was erased meanwhile: what was merged before that does not wait for the next step.
  const now = await request.batches.listWithMerges(request.modelId);
  await removeUnused(now.batches, now.merges, request);
}

/** Merges anew what holds rows of batches as they were before something was erased of them. */
export async function mergeStaleAnew(request: MergeRequest): Promise<void> {
  const { batches, merges } = await request.batches.listWithMerges(request.modelId);
  for (const files of merges.latest) if (isStale(files, batches)) await mergeStretch(files, request);
}

/** Merged files that no batch is read from any more. */
export function unusedOf(batches: readonly CommittedBatch[], { latest, superseded }: Merges): readonly MergedFiles[] {
  const used = new Set(batches.flatMap(({ merged }) => (merged === null ? [] : [merged.files])));
  return [...superseded, ...latest.filter((files) => !used.has(files))];
}

/** Removes merged files that no batch is read from: the files, then their record. @returns keys of the files */
export async function removeUnused(
  batches: readonly CommittedBatch[],
  merges: Merges,
  { objects }: Pick<MergeRequest, 'objects'>,
): Promise<readonly string[]> {
  const now = filesOf(batches);
  const named = new Set([...now.traceKeys, ...now.judgementKeys]);
  const removed: string[] = [];
  for (const { key, traceKeys, judgementKeys } of unusedOf(batches, merges)) {
    const left = [...traceKeys, ...judgementKeys].filter((file) => !named.has(file));
    await inParallel(left, parallelDeletes, (file) => objects.delete(file));
    await objects.delete(tidiedKey(key));
    await objects.delete(key);
    removed.push(...left);
  }
  return removed;
}

/** Removes what counts no longer, since merged files took its place. */
async function removeReplaced(
  batches: readonly CommittedBatch[],
  merges: Merges,
  { objects }: MergeRequest,
): Promise<void> {
  await removeUnused(batches, merges, { objects });
  const unused = new Set(unusedOf(batches, merges));
  for (const files of merges.latest) {
    if (merges.tidied.has(files.key) || unused.has(files)) continue;
    const own = batches
      .filter(({ merged }) => merged?.files === files)
      .flatMap(({ traceKeys, judgementKeys }) => [...traceKeys, ...judgementKeys]);
    await inParallel(own, parallelDeletes, (key) => objects.delete(key));
    await objects.put(tidiedKey(files.key), new Uint8Array());
  }
}

interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** The stretch that is to be merged next, the oldest of the longest; null for none. */
function dueStretch(batches: readonly CommittedBatch[], merges: Merges, together: readonly number[]): Stretch | null {
  const stale = merges.latest.find((files) => isStale(files, batches));
  return stale ?? fullStretches(batches, merges, together)[0] ?? null;
}

interface FullStretch extends Stretch {
  readonly members: readonly CommittedBatch[];
}

/** Stretches that are full, worth merging, and not merged yet: the longest first, of these the oldest. */
function fullStretches(
  batches: readonly CommittedBatch[],
  merges: Merges,
  together: readonly number[],
): readonly FullStretch[] {
  const last = batches.at(-1)?.position ?? 0;
  return together
    .toSorted((a, b) => b - a)
    .flatMap((span) =>
      [...Map.groupBy(batches, ({ position }) => Math.floor(position / span))].flatMap(([index, inside]) => {
        const stretch = { from: Math.max(1, index * span), to: (index + 1) * span - 1 };
        if (stretch.to > last) return [];
        if (merges.latest.some(({ from, to }) => from <= stretch.from && to >= stretch.to)) return [];
        const members = inside.filter(isSmall);
        return isWorthMerging(members) ? [{ ...stretch, members }] : [];
      }),
    );
}

/** A batch that comes in merges what is full; what so many that came in since have not merged does not get merged. */
const mostWaiting = 10;

/**
 * Files that should long have been merged: each append tries it and goes on where it fails, so that nobody else tells.
 * @returns how many, 0 where merging works
 */
export function filesNotMerged(
  batches: readonly CommittedBatch[],
  merges: Merges,
  together: readonly number[] = mergedTogether,
): number {
  const last = batches.at(-1)?.position ?? 0;
  const waiting = fullStretches(batches, merges, together).filter(({ to }) => last - to >= mostWaiting);
  const members = new Set(waiting.flatMap((stretch) => stretch.members));
  const { traceKeys, judgementKeys } = filesOf([...members]);
  return traceKeys.length + judgementKeys.length;
}

/** Whether it fits and comes to half as many files at most. */
function isWorthMerging(members: readonly CommittedBatch[]): boolean {
  const rows = members.reduce((sum, { traces, judgements }) => sum + traces + judgements, 0);
  const bytes = members.reduce((sum, member) => sum + bytesOf(member), 0);
  if (rows > mostAtOnce.rows || bytes > mostAtOnce.bytes) return false;
  const { traceKeys, judgementKeys } = filesOf(members);
  const keys = [...traceKeys, ...judgementKeys];
  return keys.length > 0 && keys.length >= 2 * new Set(keys.map(folderOf)).size;
}

function isSmall(batch: CommittedBatch): boolean {
  const { traces, judgements, traceKeys, judgementKeys } = batch;
  return (
    traces + judgements <= smallBatch.rows &&
    bytesOf(batch) <= smallBatch.bytes &&
    traceKeys.length + judgementKeys.length <= smallBatch.files
  );
}

function bytesOf({ bytes, traces, judgements }: CommittedBatch): number {
  return bytes ?? bytesOfRow * (traces + judgements);
}

/** Whether something was erased since of a batch in it. */
function isStale(files: MergedFiles, batches: readonly CommittedBatch[]): boolean {
  return batches.some(({ position, batchId, generation }) => {
    if (position < files.from || position > files.to || files.apart.includes(position)) return false;
    return generation !== (Object.hasOwn(files.generations, batchId) ? files.generations[batchId] : 0);
  });
}

/**
 * Merges a stretch: files of new names, then a record, which changes all of its batches at once. The record is written
 * where there is none, so that of two processes one counts, and looked at again: what was erased meanwhile makes another.
 * @returns how many generations of it there are
 */
async function mergeStretch(stretch: Stretch, request: MergeRequest): Promise<number> {
  let found = 0;
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    const { generations, isDone } = await request.batches.consistently(request.modelId, () =>
      mergeOnce(stretch, request),
    );
    found = generations;
    if (isDone) break;
  }
  return found;
}

/** Done when the stretch was merged already, as its batches are now. */
async function mergeOnce(
  { from, to }: Stretch,
  request: MergeRequest,
): Promise<{ readonly generations: number; readonly isDone: boolean }> {
  const { modelId, objects } = request;
  const { batches, merges } = await request.batches.listWithMerges(modelId);
  const current = merges.latest.find((one) => one.from === from && one.to === to);
  const generations = current === undefined ? 0 : current.generation + 1;
  if (current !== undefined && !isStale(current, batches)) return { generations, isDone: true };
  const inside = batches.filter(({ position }) => position >= from && position <= to);
  const members = inside.filter(isSmall);
  const later = members.filter(({ generation }) => generation > 0);
  const record: MergeRecord = {
    schemaVersion: 1,
    from,
    to,
    apart: inside.filter((batch) => !isSmall(batch)).map(({ position }) => position),
    generations: Object.fromEntries(later.map(({ batchId, generation }) => [batchId, generation])),
    ...(await writeMerged(filesOf(members), { from, to }, request)),
  };
  const key = mergeKey(modelId, from, to, generations);
  await objects.putIfAbsent(key, new TextEncoder().encode(JSON.stringify(record)));
  return { generations: generations + 1, isDone: false };
}

type Written = Pick<MergeRecord, 'traceKeys' | 'judgementKeys' | 'digests' | 'digest' | 'bytes'>;

async function writeMerged(files: LogFiles, stretch: Stretch, request: MergeRequest): Promise<Written> {
  const { objects, digests, withDuckDb } = request;
  const { units, traceKeys, judgementKeys, passedOver } = files;
  const keys = [...traceKeys, ...judgementKeys];
  return withLocalFiles(objects, keys, async (paths) => {
    const local = new Map(paths.map((path, index) => [keys[index] ?? '', path]));
    await digests.check(units, local);
    return withTemporaryFolder(async (folder) => {
      const target = join(folder, 'merged.parquet');
      const put = async (of: readonly string[]): Promise<readonly Stored[]> => {
        const stored: Stored[] = [];
        for (const [place, sources] of Map.groupBy(of, folderOf)) {
          const rows = await withDuckDb(async (connection) => {
            const skips = await passOver(connection, passedOver, local);
            const some = sources.map((key) => local.get(key) ?? '');
            return copyRows(connection, some, target, skips);
          });
          if (rows === 0) continue;
          const body = await readFile(target);
          const found = digest(body);
          const key = await putOnce(objects, mergedKey(place, stretch, found), body);
          stored.push({ key, digest: found, bytes: body.length });
        }
        return stored;
      };
      const traces = await put([...traceKeys].sort());
      const judgements = await put(judgementKeys);
      const all = [...traces, ...judgements];
      return {
        bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
        traceKeys: traces.map(({ key }) => key),
        judgementKeys: judgements.map(({ key }) => key),
        digests: all.map((one) => one.digest),
        digest: digest(...all.map((one) => one.digest)),
      };
    });
  });
}

interface Stored {
  readonly key: string;
  readonly digest: string;
  readonly bytes: number;
}

/** Copies rows in the order of the log. @returns how many */
async function copyRows(
  connection: DuckDBConnection,
  paths: readonly string[],
  target: string,
  skips: boolean,
): Promise<number> {
  const sql = `COPY (FROM ${parquetRows('$1', { skips, byName: true })} ORDER BY arrival, batch_id, position)
    TO ${sqlLiteral(target)} (FORMAT parquet, COMPRESSION zstd)`;
  const result = await connection.run(sql, [listValue([...paths])], [LIST(VARCHAR)]);
  return result.rowsChanged;
}

function folderOf(key: string): string {
  return key.slice(0, key.lastIndexOf('/') + 1);
}
