import { LRUCache } from 'lru-cache';
import { RatchetError } from '../../../domain/base/errors.ts';
import type { Served } from '../../../domain/models/served.ts';
import type { ObjectStore } from '../../../ports/object-store.ts';
import type { FittedTaggerBytes } from '../tagger/tagger-tasks.ts';
import { type ArtifactHeader, decodeHeader } from './artifact.ts';
import { AskedOnce } from './asked-once.ts';
import { Embedder } from './embedder.ts';
import { EmbeddingCache } from './embedding-cache.ts';
import { type TrainedHeads, trainedBytes } from './trained-heads.ts';
import { rowsBytes, type TrainingRows } from './training-rows.ts';
import { embeddingLength } from './use-lite.ts';
import type { SharedArtifact } from './worker.ts';
import { WorkerPool } from './worker-pool.ts';

export interface EmbeddedRuntimeOptions {
  /** Where datasets are read and artifacts are read and written. */
  readonly objects: ObjectStore;
  /** Worker threads; by default, as many as the machine runs at once. */
  readonly threads?: number;
  /**
   * A directory that keeps embeddings; several processes may share it. Without one they last as long as the runtime.
   */
  readonly cacheDirectory?: string;
  /** The worker's file, where bundling has moved it. */
  readonly workerFile?: URL;
}

/** An artifact in shared memory, with its header read. */
export interface HeldArtifact extends SharedArtifact {
  readonly header: ArtifactHeader;
}

/** Bytes of artifacts kept in the main thread's memory, for the workers to load from. */
const heldArtifactBytes = 512 * 2 ** 20;
/** Bytes of trained heads kept at most, for what differs in the part of the champion alone. */
const trainedHeadBytes = 256 * 2 ** 20;
/** Bytes of datasets kept at most as the fits read them, for other configurations. */
const trainingRowBytes = 256 * 2 ** 20;

/**
 * What the embedded trainer and predictor share: worker threads and embeddings.
 *
 * @example
 * const runtime = new EmbeddedRuntime({ objects, cacheDirectory: '.ratchet/cache' });
 * const trainer = createEmbeddedTrainer(runtime);
 * const predictor = createEmbeddedPredictor(runtime);
 * await runtime.close();
 */
export class EmbeddedRuntime {
  readonly objects: ObjectStore;
  readonly pool: WorkerPool;
  /** Heads as they are before they are averaged with a champion. */
  readonly trainedHeads = new AskedOnce<TrainedHeads>(trainedHeadBytes, trainedBytes);
  readonly trainingRows = new AskedOnce<TrainingRows>(trainingRowBytes, rowsBytes);
  /** Taggers as they are before their threshold is set and they are averaged with a champion. */
  readonly fittedTaggers = new AskedOnce<FittedTaggerBytes>(trainedHeadBytes, ({ bytes }) => bytes.length);
  readonly #cache: EmbeddingCache;
  readonly #embedder: Embedder;
  readonly #artifacts = new LRUCache<string, HeldArtifact>({
    maxSize: heldArtifactBytes,
    // One that is larger takes all the room, and is kept alone.
    sizeCalculation: ({ bytes }) => Math.min(bytes.length, heldArtifactBytes),
  });

  readonly #taggers = new LRUCache<string, Uint8Array>({
    maxSize: heldArtifactBytes,
    sizeCalculation: ({ length }) => Math.min(length, heldArtifactBytes),
  });

  constructor({ objects, threads, cacheDirectory, workerFile }: EmbeddedRuntimeOptions) {
    this.objects = objects;
    this.pool = new WorkerPool(threads, workerFile);
    this.#cache = new EmbeddingCache(cacheDirectory ?? null);
    this.#embedder = new Embedder(this.pool, this.#cache);
  }

  /** Unit-length embeddings of 512 floats, in the order of the texts; zeros for a text with nothing to go by. */
  async embed(texts: readonly string[]): Promise<Float32Array[]> {
    const rows = await this.embedRows(texts);
    return texts.map((_, index) => rows.slice(index * embeddingLength, (index + 1) * embeddingLength));
  }

  /** The same as {@link embed}, as one matrix in shared memory. */
  embedRows(texts: readonly string[], onProgress?: (done: number, total: number) => void): Promise<Float32Array> {
    return this.#embedder.matrix(texts, onProgress);
  }

  /** Forgets the embeddings of texts, on disk too. @returns how many were kept */
  forgetEmbeddings(texts: readonly string[]): Promise<number> {
    return this.#embedder.forget(texts);
  }

  /**
   * The artifact of a checkpoint that this back end serves.
   * @throws RatchetError CorruptArtifact when it names no digest
   */
  served({ ref, digest }: Served): Promise<HeldArtifact> {
    if (digest === null) throw new RatchetError('CorruptArtifact', `Artifact ${ref} has no digest on record.`);
    return this.artifact(ref, digest);
  }

  /** Fetches an artifact, or takes the one held. Its digest is checked by the worker that loads it. */
  async artifact(key: string, digest: string): Promise<HeldArtifact> {
    const held = this.#artifacts.get(digest);
    if (held !== undefined) {
      return held;
    }
    const body = await this.read(key);
    const artifact = { bytes: body, digest, header: decodeHeader(body).header };
    this.#artifacts.set(digest, artifact);
    return artifact;
  }

  /** The bytes of a tagger, fetched or held. Its digest is checked by the worker that loads it. */
  async tagger(key: string, digest: string): Promise<Uint8Array> {
    const bytes = this.#taggers.get(digest) ?? (await this.read(key));
    this.#taggers.set(digest, bytes);
    return bytes;
  }

  /** The same as {@link forget} of a tagger. */
  forgetTagger(digest: string): void {
    this.#taggers.delete(digest);
  }

  /** An artifact that a worker has found to be damaged is fetched anew next time. */
  forget(digest: string): void {
    this.#artifacts.delete(digest);
  }

  /** An object's bytes, in memory that worker threads share. @throws RatchetError ObjectMissing */
  async read(key: string): Promise<Uint8Array> {
    const body = await this.objects.get(key);
    if (body === undefined) {
      throw new RatchetError('ObjectMissing', `There is no object ${key}.`);
    }
    const shared = new Uint8Array(new SharedArrayBuffer(body.length));
    shared.set(body);
    return shared;
  }

  /** Writes the last embeddings to the cache directory and ends the worker threads. A later call begins new ones. */
  async close(): Promise<void> {
    await this.#cache.flush();
    await this.pool.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
