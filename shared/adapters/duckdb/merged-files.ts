import { z } from 'zod';
import type { ObjectStore } from '../../ports/object-store.ts';
import { decodeDocument } from '../local/document.ts';
import { inParallel } from '../local/in-parallel.ts';

/** Files of the log with their digests, of one batch or of several. */
export interface FilesOnRecord {
  readonly traceKeys: readonly string[];
  readonly judgementKeys: readonly string[];
  /** Of each file, those of traces first; where there are none, {@link digest} is of all of them. */
  readonly digests?: readonly string[] | undefined;
  readonly digest: string;
}

const mergeRecordSchema = z.strictObject({
  schemaVersion: z.literal(1),
  /** The first and the last position of the log that it goes through. */
  from: z.int().positive(),
  to: z.int().positive(),
  /** Positions in between whose batches keep files of their own, as they are large. */
  apart: z.array(z.int().positive()),
  /** Generations of the batches that are in it, by batch id; of those that are not named, the first. */
  generations: z.record(z.string(), z.int().positive()),
  /** Bytes of all its files. */
  bytes: z.int().nonnegative(),
  traceKeys: z.array(z.string()),
  judgementKeys: z.array(z.string()),
  digests: z.array(z.string()),
  /** Of the digests. */
  digest: z.string(),
});
/** What small files of a stretch of the log were merged into. Written last: from then on it counts in place of them. */
export type MergeRecord = z.infer<typeof mergeRecordSchema>;

/** A {@link MergeRecord} with its place. */
export interface MergedFiles extends MergeRecord {
  readonly key: string;
  /** 0, and one more each time that it was merged anew since something was erased of it. */
  readonly generation: number;
}

/** Merged files with the ids of all batches that have rows in them, whether these count or not. */
export interface MergedInto {
  readonly files: MergedFiles;
  readonly members: readonly string[];
}

/** What was ever merged of a model, as far as it is still there. */
export interface Merges {
  /** Of each stretch the latest generation. */
  readonly latest: readonly MergedFiles[];
  /** Those that a later generation of the same stretch took the place of. */
  readonly superseded: readonly MergedFiles[];
  /** Keys of records whose batches have no files of their own any more. */
  readonly tidied: ReadonlySet<string>;
}

const parallelReads = 16;
const recordName = /^(\d{9}-\d{9})(?:\.e(\d+))?\.json$/;

/** Where the records of merged files are. */
export function mergesPrefix(modelId: string): string {
  return `batches/_merged/${modelId}/`;
}

/** Where the record of a stretch is, in a generation. */
export function mergeKey(modelId: string, from: number, to: number, generation: number): string {
  return `${mergesPrefix(modelId)}${stretch(from, to)}${generation === 0 ? '' : `.e${generation}`}.json`;
}

/** Where it is noted that the files a record took the place of are gone. */
export function tidiedKey(recordKey: string): string {
  return recordKey.replace(/\.json$/, '.tidied');
}

/**
 * Where merged files go; a name of their own, as no batch id begins so, and one that follows from the content, so that two
 * processes never write different bytes to one key. It was `_` once, by which Athena takes a file for hidden.
 */
export function mergedKey(folder: string, { from, to }: Pick<MergeRecord, 'from' | 'to'>, digest: string): string {
  return `${folder}-${stretch(from, to)}.${digest.slice(0, 12)}.parquet`;
}

function stretch(from: number, to: number): string {
  return `${String(from).padStart(9, '0')}-${String(to).padStart(9, '0')}`;
}

/** Reads records of merges, each once: they never change. */
export class MergeRecords {
  readonly #objects: ObjectStore;
  readonly #read = new Map<string, MergeRecord>();

  constructor(objects: ObjectStore) {
    this.#objects = objects;
  }

  /** Names the state of the merges: equal when there was none in between. */
  async version(modelId: string): Promise<readonly string[]> {
    const keys = await this.#objects.list(mergesPrefix(modelId));
    return keys.filter((key) => key.endsWith('.json'));
  }

  /** A record that goes away while it is read is left out: something took its place. */
  async of(modelId: string): Promise<Merges> {
    const prefix = mergesPrefix(modelId);
    const keys = await this.#objects.list(prefix);
    const read = await inParallel(keys, parallelReads, async (key): Promise<readonly MergedFiles[]> => {
      const [, , digits = '0'] = recordName.exec(key.slice(prefix.length)) ?? [];
      const record = key.endsWith('.json') ? await this.#record(key) : null;
      return record === null ? [] : [{ ...record, key, generation: Number(digits) }];
    });
    const latest = new Map<string, MergedFiles>();
    const superseded: MergedFiles[] = [];
    for (const one of read.flat().sort((a, b) => a.generation - b.generation)) {
      const before = latest.get(stretch(one.from, one.to));
      if (before !== undefined) superseded.push(before);
      latest.set(stretch(one.from, one.to), one);
    }
    const tidied = new Set(keys.filter((key) => key.endsWith('.tidied')));
    return {
      latest: [...latest.values()],
      superseded,
      tidied: new Set([...latest.values()].map(({ key }) => key).filter((key) => tidied.has(tidiedKey(key)))),
    };
  }

  async #record(key: string): Promise<MergeRecord | null> {
    const known = this.#read.get(key);
    if (known !== undefined) return known;
    const bytes = await this.#objects.get(key);
    if (bytes === undefined) return null;
    const record = decodeDocument(mergeRecordSchema, new TextDecoder().decode(bytes), key);
    this.#read.set(key, record);
    return record;
  }
}

interface Placed {
  readonly batchId: string;
  readonly position: number;
  readonly generation: number;
}

/**
 * Of each batch the merged files that it is read from: those of the longest stretch that hold it as it is now. A batch of
 * which something was erased since is in none.
 */
export function mergedInto(batches: readonly Placed[], { latest }: Merges): ReadonlyMap<string, MergedInto> {
  const found = new Map<string, MergedInto>();
  const longestFirst = [...latest].sort((a, b) => b.to - b.from - (a.to - a.from) || a.from - b.from);
  for (const files of longestFirst) {
    const apart = new Set(files.apart);
    const inside = batches.filter(
      ({ position }) => position >= files.from && position <= files.to && !apart.has(position),
    );
    const into: MergedInto = { files, members: inside.map(({ batchId }) => batchId) };
    for (const { batchId, generation } of inside) {
      const held = Object.hasOwn(files.generations, batchId) ? files.generations[batchId] : 0;
      if (held === generation && !found.has(batchId)) found.set(batchId, into);
    }
  }
  return found;
}
