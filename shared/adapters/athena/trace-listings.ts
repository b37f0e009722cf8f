import { LRUCache } from 'lru-cache';
import { elapsed } from '../../domain/base/elapsed.ts';
import { digest } from '../../domain/base/ids.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { filesOf } from '../duckdb/log-files.ts';
import type { TraceBatches } from '../duckdb/trace-batches.ts';
import { keptMs, linksTo, nothing, QueryLists } from './query-lists.ts';
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
  readonly #lists: QueryLists;

  constructor(options: TraceListingsOptions) {
    this.#options = options;
    this.#lists = new QueryLists(options);
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
  choose(traceIds: readonly string[]): Promise<string> {
    return this.#lists.choose(traceIds);
  }

  async #write(
    table: keyof typeof athenaTables,
    modelId: string,
    keys: readonly string[],
    elsewhere: ReadonlyMap<string, readonly string[]>,
  ): Promise<readonly ListingPart[]> {
    const groups = new Map<string, { readonly keys: string[]; readonly passedOver: readonly string[] }>();
    for (const key of keys) {
      const passedOver = elsewhere.get(key) ?? [];
      const group = groups.get(passedOver.join()) ?? { keys: [], passedOver };
      group.keys.push(key);
      groups.set(passedOver.join(), group);
    }
    const parts: ListingPart[] = [];
    for (const { keys, passedOver } of groups.values()) {
      const body = linksTo(keys, this.#options.traceBucket);
      // Of the batches too: the same files may stand in two listings, by what is left out of them.
      const name = `${modelId}-${digest(body, passedOver.join())}`;
      await this.#options.queries.put(listingKey(table, name, 'symlink.txt'), new TextEncoder().encode(body));
      parts.push({ name, passedOver });
    }
    return parts.length === 0 ? [{ name: nothing, passedOver: [] }] : parts;
  }
}
