import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { RatchetError } from '../../domain/base/errors.ts';
import { digest, shortDigest } from '../../domain/base/ids.ts';
import { readJson, writeJson } from '../../ports/documents.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { inParallel } from '../local/in-parallel.ts';
import type { FilesOnRecord } from './merged-files.ts';

const parallelReads = 4;

/** What a file of a batch that was not committed yet became when something was erased of it. */
const rewrittenSchema = z.strictObject({ schemaVersion: z.literal(1), key: z.string(), digest: z.string() });

/**
 * Holds Parquet files of the log against the digests that commits and records of merges have of them, each once as long as it stays the
 * same local file: what was exchanged, cut or damaged since is read as nothing at all rather than as something else.
 */
export class FileDigests {
  readonly #objects: ObjectStore;
  /** By path, size and time of change. */
  readonly #known = new LRUCache<string, string>({ max: 200_000 });

  constructor(objects: ObjectStore) {
    this.#objects = objects;
  }

  /**
   * @param files local files by key; those that no commit names are passed over, as are those of which an earlier version
   * kept no digest of their own, unless all files of their batch are here
   * @throws RatchetError `CorruptArtifact` naming the first file that is not what was written
   */
  async check(units: readonly FilesOnRecord[], files: ReadonlyMap<string, string>): Promise<void> {
    const [wrong] = await this.wrongAmong(units, files);
    if (wrong !== undefined) throw notAsWritten(wrong);
  }

  /** The keys of files that are not what was written. */
  async wrongAmong(units: readonly FilesOnRecord[], files: ReadonlyMap<string, string>): Promise<readonly string[]> {
    const found = await inParallel(units, parallelReads, (unit) => this.#wrongOf(unit, files));
    return found.flat();
  }

  async #wrongOf(commit: FilesOnRecord, files: ReadonlyMap<string, string>): Promise<readonly string[]> {
    const keys = [...commit.traceKeys, ...commit.judgementKeys];
    const present = keys.flatMap((key) => {
      const path = files.get(key);
      return path === undefined ? [] : [{ key, path, expected: commit.digests?.[keys.indexOf(key)] }];
    });
    if (commit.digests === undefined && present.length < keys.length) return [];
    const digests: string[] = [];
    for (const { path } of present) digests.push(await this.#digestOf(path));
    if (commit.digests === undefined) return this.#wrongAsAWhole(commit, keys, digests);
    const wrong: string[] = [];
    for (const [index, { key, expected }] of present.entries()) {
      if (digests[index] !== expected && digests[index] !== (await this.#rewritten(key))) wrong.push(key);
    }
    return wrong;
  }

  /** Of a commit with one digest alone: earlier versions took it of the judgements first, or of the traces first. */
  #wrongAsAWhole(
    { traceKeys, digest: whole }: FilesOnRecord,
    keys: readonly string[],
    digests: readonly string[],
  ): readonly string[] {
    const turned = [...digests.slice(traceKeys.length), ...digests.slice(0, traceKeys.length)];
    return digest(...digests) === whole || digest(...turned) === whole ? [] : keys.slice(0, 1);
  }

  /** Keeps what a file of a batch became that somebody may yet commit with the digest of before. */
  async noteRewritten(modelId: string, key: string, body: Uint8Array): Promise<void> {
    await writeJson(this.#objects, rewrittenKey(modelId, key), {
      schemaVersion: 1,
      key,
      digest: digest(body),
    } satisfies z.infer<typeof rewrittenSchema>);
  }

  async #rewritten(key: string): Promise<string | null> {
    const modelId = key.split('/')[1] ?? '';
    try {
      return (await readJson(this.#objects, rewrittenKey(modelId, key), rewrittenSchema)).digest;
    } catch (error) {
      if (error instanceof RatchetError && error.name === 'ObjectMissing') return null;
      throw error;
    }
  }

  async #digestOf(path: string): Promise<string> {
    const { size, mtimeMs } = await stat(path);
    const name = `${path}\0${size}\0${mtimeMs}`;
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    // As `digest` of the whole body, without having it in memory.
    const hash = createHash('sha256').update(`${size}:`);
    for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) hash.update(chunk);
    const found = hash.digest('hex');
    this.#known.set(name, found);
    return found;
  }
}

function rewrittenKey(modelId: string, key: string): string {
  return `batches/_rewritten/${modelId}/${shortDigest(key)}.json`;
}

function notAsWritten(key: string): RatchetError {
  return new RatchetError(
    'CorruptArtifact',
    `${key} is not what was written: it does not match the digest on record.`,
    {
      mend: 'Restore it from a backup of the traces and judgements; ratchet doctor names all that do not match.',
    },
  );
}
