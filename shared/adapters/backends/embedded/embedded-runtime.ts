import { LRUCache } from 'lru-cache';
import { RatchetError } from '../../../domain/base/errors.ts';
import type { Served } from '../../../domain/models/served.ts';
import type { ObjectStore } from '../../../ports/object-store.ts';
import type { FittedTaggerBytes } from '../tagger/tagger-tasks.ts';
import { type ArtifactHeader, decodeHeader } from './artifact.ts';
import { AskedOnce } from './asked-once.ts';
import { Embedder, embeddingKeys } from './embedder.ts';
import { EmbeddingCache, encoderGeneration, generationsIn, useLiteGeneration } from './embedding-cache.ts';
import {
  type Embedding,
  type Encoder,
  type EncoderChoice,
  embeddingKey,
  type LocatedEncoder,
} from './foundations/encoder.ts';
import type { OnFetch } from './foundations/fetch-foundation.ts';
import type { FindOptions } from './foundations/find-foundation.ts';
import { Foundations } from './foundations/foundations.ts';
import type { SharedArtifact } from './shared-artifact.ts';
import { type TrainedHeads, trainedBytes } from './trained-heads.ts';
import { rowsBytes, type TrainingRows } from './training-rows.ts';
import { WhileHeld } from './while-held.ts';
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
  /** Where encoders of one's own are found; absent or null where none can be used, as in functions. */
  readonly encoders?: FindOptions | null;
}

/** What embeds unless something else is named. */
const useLite: Embedding = { foundation: 'use-lite' };

/** An artifact in shared memory, with its header read. */
export interface HeldArtifact extends SharedArtifact {
  readonly header: ArtifactHeader;
}

/** Bytes of artifacts kept in the main thread's memory, for the workers to load from. */
const heldArtifactBytes = 256 * 2 ** 20;
/** Bytes of trained heads kept at most, for what differs in the part of the champion alone. */
const trainedHeadBytes = 128 * 2 ** 20;
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
  /** Embeddings of datasets, for configurations that train side by side. */
  readonly trainingEmbeddings = new WhileHeld<Float32Array>();
  /** Taggers as they are before their threshold is set and they are averaged with a champion. */
  readonly fittedTaggers = new AskedOnce<FittedTaggerBytes>(trainedHeadBytes, ({ bytes }) => bytes.length);
  readonly #cacheDirectory: string | null;
  readonly #foundations: Foundations;
  readonly #embedders = new Map<string, Embedder>();
  readonly #artifacts = new LRUCache<string, HeldArtifact>({
    maxSize: heldArtifactBytes,
    // One that is larger takes all the room, and is kept alone.
    sizeCalculation: ({ bytes }) => Math.min(bytes.length, heldArtifactBytes),
  });

  readonly #taggers = new LRUCache<string, Uint8Array>({
    maxSize: heldArtifactBytes,
    sizeCalculation: ({ length }) => Math.min(length, heldArtifactBytes),
  });

  constructor({ objects, threads, cacheDirectory, workerFile, encoders }: EmbeddedRuntimeOptions) {
    this.objects = objects;
    this.pool = new WorkerPool(threads, workerFile);
    this.#cacheDirectory = cacheDirectory ?? null;
    this.#foundations = new Foundations(encoders ?? null);
  }

  /** Unit-length embeddings, in the order of the texts; zeros for a text with nothing to go by. */
  async embed(texts: readonly string[], by = useLite): Promise<Float32Array[]> {
    const rows = await this.embedRows(texts, by);
    const width = rows.length / texts.length;
    return texts.map((_, index) => rows.slice(index * width, (index + 1) * width));
  }

  /**
   * The same as {@link embed}, as one matrix in shared memory.
   * @throws RatchetError FoundationMissing where an encoder of one's own is gone, changed or does not work
   */
  embedRows(
    texts: readonly string[],
    by = useLite,
    onProgress?: (done: number, total: number) => void,
  ): Promise<Float32Array> {
    return this.#embedder(by).matrix(texts, onProgress);
  }

  /** Finds a sentence encoder for a new model, and tries it. @throws RatchetError FoundationMissing, InvalidInput */
  pinEncoder(foundation: string, choice: EncoderChoice, onFetch?: OnFetch): Promise<Encoder> {
    const probe = async (encoder: LocatedEncoder): Promise<number> =>
      (await this.pool.run('embed', { texts: ['a text'], encoder }, 'FoundationMissing')).length;
    return this.#foundations.pin(foundation, choice, probe, onFetch);
  }

  /** Where the encoder of a model lies, once it is known to be the one. @throws RatchetError FoundationMissing */
  locateEncoder(embedding: Embedding): Promise<LocatedEncoder> {
    return this.#foundations.locate(embedding);
  }

  /** Forgets the embeddings of texts by whatever encoder, on disk too. @returns how many were kept */
  async forgetEmbeddings(texts: readonly string[]): Promise<number> {
    const keys = embeddingKeys(texts);
    const inUse = new Map([...this.#embedders.values()].map(({ cache }) => [cache.generation, cache]));
    const onDisk = this.#cacheDirectory === null ? [] : await generationsIn(this.#cacheDirectory);
    for (const generation of onDisk) {
      if (!inUse.has(generation.name)) {
        inUse.set(generation.name, new EmbeddingCache(this.#cacheDirectory, generation));
      }
    }
    let found = 0;
    for (const cache of inUse.values()) found += await cache.remove(keys);
    return found;
  }

  #embedder(by: Embedding): Embedder {
    const key = embeddingKey(by);
    const generation = by.encoder === undefined ? useLiteGeneration : encoderGeneration(by.encoder);
    const embedder =
      this.#embedders.get(key) ??
      new Embedder({
        pool: this.pool,
        cache: new EmbeddingCache(this.#cacheDirectory, generation),
        width: generation.width,
        locate: async () => (by.foundation === useLite.foundation ? null : this.#foundations.locate(by)),
      });
    this.#embedders.set(key, embedder);
    return embedder;
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
    const artifact = { bytes: body, ref: key, digest, header: decodeHeader(body, key).header };
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

  /**
   * Writes the last embeddings to the cache directory, ends the worker threads and forgets what is held. A later call
   * begins anew.
   */
  async close(): Promise<void> {
    for (const { cache } of this.#embedders.values()) await cache.flush();
    await this.pool.close();
    for (const held of [this.trainedHeads, this.trainingRows, this.fittedTaggers]) held.clear();
    this.#artifacts.clear();
    this.#taggers.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
