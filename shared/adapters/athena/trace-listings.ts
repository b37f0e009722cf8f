import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LIST, listValue, VARCHAR } from '@duckdb/node-api';
import { LRUCache } from 'lru-cache';
import { elapsed } from '../../domain/base/elapsed.ts';
import { RatchetError } from '../../domain/base/errors.ts';
import { digest, digestOfAll } from '../../domain/base/ids.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { openDuckDb, sqlLiteral, withConnection } from '../duckdb/duckdb-session.ts';
import { filesOf } from '../duckdb/log-files.ts';
import type { TraceBatches } from '../duckdb/trace-batches.ts';
import { withTemporaryFolder } from '../local/temporary-folder.ts';
import { type athenaTables, listingKey } from './tables.ts';

/** Files of a table, by the partition that stands for them. */
interface ListingPart {
  readonly name: string;
  /** Batches whose rows in these files are not to be read. */
  readonly passedOver: readonly string[];
}

/** All files of a model's log, in one version of it. */
export interface TraceListing {
  readonly traces: readonly ListingPart[];
  readonly judgements: readonly ListingPart[];
}

export interface TraceListingsOptions {
  readonly batches: TraceBatches;
  readonly clock: Clock;
  /** The bucket that the log's files are in. */
  readonly traceBucket: string;
  /** Where the listings are written, which the deployment throws away after a day. */
  readonly queries: ObjectStore;
}

/** For as long a listing is taken to be there still, ms. */
const keptMs = 60 * 60 * 1_000;
const modelsKept = 50;

/**
 * Writes for Athena what it is to read. A directory would not do: files of a batch that is not committed, or of which something
 * was erased, lie beside those that count, and small ones beside those that they were merged into. So a partition of the
 * tables is a list of files (Hive's SymlinkTextInputFormat), named after the digest of what it lists.
 */
export class TraceListings {
  readonly #options: TraceListingsOptions;
  readonly #known = new LRUCache<string, { version: string; writtenAt: number; listing: TraceListing }>({
    max: modelsKept,
  });
  readonly #chosen = new LRUCache<string, number>({ max: modelsKept });

  constructor(options: TraceListingsOptions) {
    this.#options = options;
  }

  /** @throws RatchetError `StorageFailure` for a log with files that Athena passes over */
  async of(modelId: string): Promise<TraceListing> {
    const { batches, clock } = this.#options;
    const version = await batches.version(modelId);
    const known = this.#known.get(modelId);
    if (known?.version === version && elapsed(known.writtenAt, clock.now()) < keptMs) return known.listing;
    const { traceKeys, judgementKeys, passedOver } = filesOf(await batches.list(modelId));
    const elsewhere = new Map<string, string[]>();
    for (const { key, batchId } of passedOver) elsewhere.set(key, [...(elsewhere.get(key) ?? []), batchId]);
    const listing = {
      traces: await this.#write('traces', modelId, traceKeys, elsewhere),
      judgements: await this.#write('judgements', modelId, judgementKeys, elsewhere),
    };
    this.#known.set(modelId, { version, writtenAt: clock.now(), listing });
    return listing;
  }

  /** Lists traces by their ids. @returns the name of the listing */
  async choose(traceIds: readonly string[]): Promise<string> {
    const ids = [...new Set(traceIds.map((id) => id.toWellFormed()))].sort();
    if (ids.length === 0) return nothing;
    const name = digestOfAll(ids);
    const writtenAt = this.#chosen.get(name);
    if (writtenAt !== undefined && elapsed(writtenAt, this.#options.clock.now()) < keptMs) return name;
    await this.#options.queries.put(listingKey('chosen', name, 'ids.parquet'), await parquetOf(ids));
    this.#chosen.set(name, this.#options.clock.now());
    return name;
  }

  async #write(
    table: keyof typeof athenaTables,
    modelId: string,
    keys: readonly string[],
    elsewhere: ReadonlyMap<string, readonly string[]>,
  ): Promise<readonly ListingPart[]> {
    const hidden = keys.find((key) => key.includes('/_'));
    if (hidden !== undefined) {
      throw new RatchetError('StorageFailure', `Athena passes over ${hidden}, as its name begins with "_".`, {
        mend: 'An earlier version of Ratchet merged it. Deploy with traceQueries duckdb.',
      });
    }
    const groups = new Map<string, { readonly keys: string[]; readonly passedOver: readonly string[] }>();
    for (const key of keys) {
      const passedOver = elsewhere.get(key) ?? [];
      const group = groups.get(passedOver.join()) ?? { keys: [], passedOver };
      group.keys.push(key);
      groups.set(passedOver.join(), group);
    }
    const parts: ListingPart[] = [];
    for (const { keys, passedOver } of groups.values()) {
      const body = keys.map((key) => `s3://${this.#options.traceBucket}/${key}\n`).join('');
      // Of the batches too: the same files may stand in two listings, by what is left out of them.
      const name = `${modelId}-${digest(body, passedOver.join())}`;
      await this.#options.queries.put(listingKey(table, name, 'symlink.txt'), new TextEncoder().encode(body));
      parts.push({ name, passedOver });
    }
    return parts.length === 0 ? [{ name: nothing, passedOver: [] }] : parts;
  }
}

/** The listing of no file: nothing is written for it. */
const nothing = 'nothing';

function parquetOf(ids: readonly string[]): Promise<Uint8Array> {
  return withTemporaryFolder(async (folder) => {
    const path = join(folder, 'ids.parquet');
    const instance = await openDuckDb({ memory: '256MB', threads: 1 });
    try {
      await withConnection(instance, (connection) =>
        connection.run(
          `COPY (SELECT unnest($1::VARCHAR[]) AS trace_id) TO ${sqlLiteral(path)} (FORMAT parquet)`,
          [listValue([...ids])],
          [LIST(VARCHAR)],
        ),
      );
    } finally {
      instance.closeSync();
    }
    return readFile(path);
  });
}
