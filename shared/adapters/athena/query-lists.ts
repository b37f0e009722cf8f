import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LIST, listValue, VARCHAR } from '@duckdb/node-api';
import { LRUCache } from 'lru-cache';
import { elapsed } from '../../domain/base/elapsed.ts';
import { RatchetError } from '../../domain/base/errors.ts';
import { digestOfAll } from '../../domain/base/ids.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { openDuckDb, sqlLiteral, withConnection } from '../duckdb/duckdb-session.ts';
import { withTemporaryFolder } from '../local/temporary-folder.ts';
import { type athenaTables, listingKey } from './tables.ts';

export interface QueryListsOptions {
  readonly clock: Clock;
  /** Where they are written, which the deployment throws away after a day. */
  readonly queries: ObjectStore;
}

/** For as long a list is taken to be there still, ms. */
export const keptMs = 60 * 60 * 1_000;
const listsKept = 5_000;

/** The list of nothing: it is never written. */
export const nothing = 'nothing';

/** Writes lists that queries go by, each named after what it lists and written once an hour at most. */
export class QueryLists {
  readonly #options: QueryListsOptions;
  readonly #written = new LRUCache<string, number>({ max: listsKept });

  constructor(options: QueryListsOptions) {
    this.#options = options;
  }

  /** Writes a list that is not known to be there. @param body what it is, made only then: the same for the same name */
  async write(
    table: keyof typeof athenaTables,
    name: string,
    file: string,
    body: () => Uint8Array | Promise<Uint8Array>,
  ): Promise<void> {
    const { clock, queries } = this.#options;
    const key = listingKey(table, name, file);
    const writtenAt = this.#written.get(key);
    if (writtenAt !== undefined && elapsed(writtenAt, clock.now()) < keptMs) return;
    await queries.put(key, await body());
    this.#written.set(key, clock.now());
  }

  /** Lists traces by their ids. @returns the name of the list */
  async choose(traceIds: readonly string[]): Promise<string> {
    const ids = [...new Set(traceIds.map((id) => id.toWellFormed()))].sort();
    if (ids.length === 0) return nothing;
    const name = digestOfAll(ids);
    await this.write('chosen', name, 'ids.parquet', () => parquetOf({ trace_id: ids }));
    return name;
  }
}

/**
 * The lines of a list of files, by which Athena finds them.
 * @throws RatchetError `StorageFailure` for a file that Athena passes over
 */
export function linksTo(keys: readonly string[], bucket: string): string {
  const hidden = keys.find((key) => key.includes('/_'));
  if (hidden !== undefined) {
    throw new RatchetError('StorageFailure', `Athena passes over ${hidden}, as its name begins with "_".`, {
      mend: 'An earlier version of Ratchet merged it. Deploy with traceQueries and traceLog duckdb.',
    });
  }
  return keys.map((key) => `s3://${bucket}/${key}\n`).join('');
}

/**
 * Parquet of columns of texts, cast to other types where these are named.
 * @param columns named by words of SQL
 */
export function parquetOf(
  columns: Readonly<Record<string, readonly string[]>>,
  types: Readonly<Record<string, 'BIGINT' | 'TIMESTAMP'>> = {},
): Promise<Uint8Array> {
  const selected = Object.keys(columns).map((name, at) => {
    const texts = `unnest($${at + 1}::VARCHAR[])`;
    return `${types[name] === undefined ? texts : `CAST(${texts} AS ${types[name]})`} AS ${name}`;
  });
  return withTemporaryFolder(async (folder) => {
    const path = join(folder, 'rows.parquet');
    const instance = await openDuckDb({ memory: '256MB', threads: 1 });
    try {
      await withConnection(instance, (connection) =>
        connection.run(
          `COPY (SELECT ${selected.join(', ')}) TO ${sqlLiteral(path)} (FORMAT parquet)`,
          Object.values(columns).map((texts) => listValue([...texts])),
          Object.keys(columns).map(() => LIST(VARCHAR)),
        ),
      );
    } finally {
      instance.closeSync();
    }
    return readFile(path);
  });
}
