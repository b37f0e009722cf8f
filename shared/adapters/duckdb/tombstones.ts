import { z } from 'zod';
import { digest, shortDigestOfAll } from '../../domain/base/ids.ts';
import { readJson } from '../../ports/documents.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { inParallel } from '../local/in-parallel.ts';
import { commitPrefix } from './trace-batches.ts';

const tombstoneSchema = z.strictObject({
  schemaVersion: z.literal(1),
  /** When they were erased, ISO 8601 in UTC. */
  erasedAt: z.string(),
  /** Of the erased trace ids, each with the model's id; the ids themselves are not kept. */
  digests: z.array(z.string()),
});

const parallelReads = 16;

/** What is kept of erased traces: digests of their ids, a file for each erasure, so that they do not come back. */
export class Tombstones {
  readonly #objects: ObjectStore;
  readonly #read = new Map<string, readonly string[]>();

  constructor(objects: ObjectStore) {
    this.#objects = objects;
  }

  /** Adds ids; the same ones again change nothing. */
  async add(modelId: string, traceIds: readonly string[], erasedAt: string): Promise<void> {
    const known = await this.of(modelId);
    const digests = [...new Set(traceIds.map((traceId) => tombstoneOf(modelId, traceId)))].sort();
    const fresh = digests.filter((one) => !known.has(one));
    if (fresh.length === 0) return;
    const body = JSON.stringify({ schemaVersion: 1, erasedAt, digests: fresh } satisfies z.infer<
      typeof tombstoneSchema
    >);
    await this.#objects.putIfAbsent(
      `${prefixOf(modelId)}${shortDigestOfAll(fresh)}.json`,
      new TextEncoder().encode(body),
    );
  }

  /** All digests of a model's erased ids, as {@link tombstoneOf} makes them. */
  async of(modelId: string): Promise<ReadonlySet<string>> {
    const keys = await this.#objects.list(prefixOf(modelId));
    const digests = await inParallel(keys, parallelReads, async (key) => {
      const known = this.#read.get(key) ?? (await readJson(this.#objects, key, tombstoneSchema)).digests;
      this.#read.set(key, known);
      return known;
    });
    return new Set(digests.flat());
  }
}

/** The digest by which an erased id is known again. Ids are stored well-formed, and compared so. */
export function tombstoneOf(modelId: string, traceId: string): string {
  return digest('erased', modelId, traceId.toWellFormed());
}

function prefixOf(modelId: string): string {
  return `${commitPrefix(modelId)}erased/`;
}
