import { digest, digestOfAll } from '../../domain/base/ids.ts';
import { latestTimes, noTimeAfter } from '../duckdb/latest-times.ts';
import type { LogView } from '../duckdb/log-reader.ts';
import type { FilesOnRecord, MergedInto } from '../duckdb/merged-files.ts';
import type { CommittedBatch } from '../duckdb/trace-batches.ts';
import { linksTo, nothing, parquetOf, type QueryLists } from './query-lists.ts';

/** By what lists a view of a log is read. */
export interface ListedView {
  /** Lists of files, each of traces and of judgements. */
  readonly parts: readonly string[];
  /** The list of the batches that count: in which part each stands, its position, and the latest time of its traces. */
  readonly batches: string;
}

export interface LogListsOptions {
  readonly lists: QueryLists;
  /** The bucket that the log's files are in. */
  readonly traceBucket: string;
}

/**
 * Writes the lists of a view. Rows of a batch count in one part alone: merged files that hold rows of a batch as it was, before something was
 * erased of it, are a part of their own, and all other files are one.
 * @throws RatchetError `StorageFailure` for a log with files that Athena passes over
 */
export async function listView(view: LogView, { lists, traceBucket }: LogListsOptions): Promise<ListedView> {
  const { modelId, batches, files } = view;
  const stale = staleMerges(batches);
  const names = new Map<FilesOnRecord | null, string>();
  for (const [part, units] of Map.groupBy(files.units, (unit) => (stale.has(unit) ? unit : null))) {
    names.set(part, await listFiles(modelId, units, { lists, traceBucket }));
  }
  const partOf = (merged: MergedInto | null) =>
    names.get(merged !== null && stale.has(merged.files) ? merged.files : null) ?? nothing;
  const latest = latestTimes(view.all);
  const rows = batches.map(({ batchId, merged, position }) => ({
    batch_id: batchId,
    part: partOf(merged),
    arrived: String(position),
    latest: latest.get(position) ?? noTimeAfter,
  }));
  const name = digestOfAll(rows.flatMap((row) => Object.values(row)));
  await lists.write('batches', name, 'batches.parquet', () => {
    const column = (key: 'batch_id' | 'part' | 'arrived' | 'latest') => rows.map((row) => row[key]);
    const columns = {
      batch_id: column('batch_id'),
      part: column('part'),
      arrived: column('arrived'),
      latest: column('latest'),
    };
    return parquetOf(columns, { arrived: 'BIGINT', latest: 'TIMESTAMP' });
  });
  return { parts: [...names.values()].filter((part) => part !== nothing), batches: name };
}

/** Merged files that hold rows of one of the batches which goes on elsewhere. */
function staleMerges(batches: readonly CommittedBatch[]): ReadonlySet<FilesOnRecord> {
  const mergedOf = new Map(batches.map(({ batchId, merged }) => [batchId, merged]));
  const merges = new Set([...mergedOf.values()].filter((merged) => merged !== null));
  const isStale = (into: MergedInto) =>
    into.members.some((batchId) => mergedOf.has(batchId) && mergedOf.get(batchId) !== into);
  return new Set([...merges].filter(isStale).map(({ files }) => files));
}

/** @returns the name under which the files of traces and those of judgements are listed */
async function listFiles(
  modelId: string,
  files: readonly FilesOnRecord[],
  { lists, traceBucket }: LogListsOptions,
): Promise<string> {
  const links = {
    traces: linksTo(
      files.flatMap(({ traceKeys }) => traceKeys),
      traceBucket,
    ),
    judgements: linksTo(
      files.flatMap(({ judgementKeys }) => judgementKeys),
      traceBucket,
    ),
  };
  if (links.traces === '' && links.judgements === '') return nothing;
  const name = `${modelId}-${digest(links.traces, links.judgements)}`;
  for (const table of ['traces', 'judgements'] as const) {
    if (links[table] === '') continue;
    await lists.write(table, name, 'symlink.txt', () => new TextEncoder().encode(links[table]));
  }
  return name;
}
