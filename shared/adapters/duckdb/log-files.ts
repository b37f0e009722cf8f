import type { DuckDBConnection } from '@duckdb/node-api';
import type { FilesOnRecord, MergedInto } from './merged-files.ts';
import type { CommittedBatch } from './trace-batches.ts';

/** Rows of a batch in a file that are not to be read: the batch was not asked for, or goes on elsewhere. */
export interface PassedOver {
  readonly key: string;
  readonly batchId: string;
}

/** Where the rows of batches are. */
export interface LogFiles {
  /** Each with the digests on record. */
  readonly units: readonly FilesOnRecord[];
  readonly traceKeys: readonly string[];
  readonly judgementKeys: readonly string[];
  /** What is to be left out of merged files. */
  readonly passedOver: readonly PassedOver[];
}

/**
 * The files in which batches stand now, each row once: those of their own, or those that they were merged into.
 * @param within batches whose rows may be read too, where they are in the same files; by default no others
 */
export function filesOf(batches: readonly CommittedBatch[], within: readonly CommittedBatch[] = batches): LogFiles {
  const merged = new Set(batches.flatMap((batch) => (batch.merged === null ? [] : [batch.merged])));
  const units: readonly FilesOnRecord[] = [
    ...[...merged].map(({ files }) => files),
    ...batches.filter((batch) => batch.merged === null),
  ];
  const readable = new Map<MergedInto, Set<string>>();
  for (const { merged: into, batchId } of within) {
    if (into !== null) readable.set(into, (readable.get(into) ?? new Set()).add(batchId));
  }
  const passedOver = [...merged].flatMap((into) => {
    const others = into.members.filter((batchId) => readable.get(into)?.has(batchId) !== true);
    const keys = [...into.files.traceKeys, ...into.files.judgementKeys];
    return others.flatMap((batchId) => keys.map((key) => ({ key, batchId })));
  });
  return {
    units,
    traceKeys: units.flatMap(({ traceKeys }) => traceKeys),
    judgementKeys: units.flatMap(({ judgementKeys }) => judgementKeys),
    passedOver,
  };
}

/**
 * Fills the temporary table `passed_over`.
 * @param paths local files by key; rows of others are nothing to pass over
 * @returns whether it holds anything
 */
export async function passOver(
  connection: DuckDBConnection,
  rows: readonly PassedOver[],
  paths: ReadonlyMap<string, string>,
): Promise<boolean> {
  if (rows.length === 0) return false;
  await connection.run('CREATE TEMP TABLE passed_over (filename VARCHAR, batch_id VARCHAR)');
  const appender = await connection.createAppender('passed_over');
  for (const { key, batchId } of rows) {
    const path = paths.get(key);
    if (path === undefined) continue;
    appender.appendVarchar(path);
    appender.appendVarchar(batchId);
    appender.endRow();
  }
  appender.closeSync();
  return true;
}

/**
 * SQL for the rows of files, without those of {@link PassedOver}.
 * @param files a parameter of the query, such as `$files`
 * @param skips whether the table `passed_over` holds anything
 */
export function parquetRows(files: string, { skips, byName = false }: { skips: boolean; byName?: boolean }): string {
  const options = `hive_partitioning = false${byName ? ', union_by_name = true' : ''}`;
  return skips
    ? `(SELECT * EXCLUDE (filename) FROM read_parquet(${files}, ${options}, filename = true)
        ANTI JOIN passed_over USING (filename, batch_id))`
    : `read_parquet(${files}, ${options})`;
}
