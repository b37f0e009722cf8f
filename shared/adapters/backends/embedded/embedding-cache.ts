import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import { decodeSegment, encodeSegment, type SegmentEntry, vectorAt } from './embedding-segment.ts';
import type { Encoder } from './foundations/encoder.ts';
import { embeddingLength } from './use-lite.ts';

/** Floats of the vectors kept in memory: 64 MiB. */
const memoryFloats = 2 ** 24;
/** New vectors that are worth a file of their own. */
const segmentEntries = 64;
/** More vectors than this are read with their whole file, fewer one by one. */
const wholeFileFrom = 64;
const segmentSuffix = '.embeddings';

/** What embeds: the folder of its vectors, and how many floats each has. */
export interface Generation {
  /** Changes whenever the embedding of a text does, so that old vectors are not found. */
  readonly name: string;
  readonly width: number;
}

/** Of the encoder that Ratchet brings along. */
export const useLiteGeneration: Generation = { name: 'use-lite-1', width: embeddingLength };

/** Of encoders of one's own; the number changes whenever what is done with their vectors does. */
const ownGeneration = /^encoder-1-(\d+)-[0-9a-f]{64}$/;

/** Of an encoder of one's own. */
export function encoderGeneration({ digest, width }: Pick<Encoder, 'digest' | 'width'>): Generation {
  return { name: `encoder-1-${width}-${digest}`, width };
}

/** All that have vectors in a directory. */
export async function generationsIn(directory: string): Promise<readonly Generation[]> {
  const names = await readdir(directory).catch(() => []);
  const own = names.flatMap((name) => {
    const width = ownGeneration.exec(name)?.[1];
    return width === undefined ? [] : [{ name, width: Number(width) }];
  });
  return [useLiteGeneration, ...own];
}

interface Location {
  readonly file: string;
  readonly offset: number;
}

/**
 * Embeddings by text hash: the latest in memory, and, given a directory, all of them on disk. On disk they lie in
 * segment files that are written whole under another name, then renamed, and never changed: processes can share a
 * directory, and what is torn or foreign is passed over.
 */
export class EmbeddingCache {
  readonly #memory: LRUCache<string, Float32Array>;
  /** The name of what embeds. */
  readonly generation: string;
  readonly #width: number;
  readonly #directory: string | null;
  readonly #maximumBytes: number;
  readonly #known = new Set<string>();
  readonly #locations = new Map<string, Location>();
  #pending = new Map<string, Float32Array>();
  #bytes = 0;

  constructor(directory: string | null, { name, width } = useLiteGeneration, maximumBytes = 2 ** 31) {
    this.#directory = directory === null ? null : join(directory, name);
    this.generation = name;
    this.#width = width;
    this.#memory = new LRUCache({ max: Math.max(1, Math.floor(memoryFloats / width)) });
    this.#maximumBytes = maximumBytes;
  }

  /** Gives each vector that is known to `take`, which should keep no more of them than it needs: there may be many. */
  async find(keys: Iterable<string>, take: (key: string, vector: Float32Array) => void): Promise<void> {
    const missing: string[] = [];
    for (const key of keys) {
      const vector = this.#memory.get(key) ?? this.#pending.get(key);
      if (vector === undefined) {
        missing.push(key);
      } else {
        this.#memory.set(key, vector);
        take(key, vector);
      }
    }
    if (this.#directory !== null && missing.length > 0) {
      await this.#refresh(this.#directory);
      await this.#readFromDisk(missing, take);
    }
  }

  async add(entries: readonly SegmentEntry[]): Promise<void> {
    for (const { key, vector } of entries) {
      this.#memory.set(key, vector);
      if (this.#directory !== null && !this.#locations.has(key)) {
        this.#pending.set(key, vector);
      }
    }
    if (this.#pending.size >= segmentEntries) {
      await this.flush();
    }
  }

  /** Writes to disk what is not there yet. A cache that cannot be written is no fault: nothing is lost but time. */
  async flush(): Promise<void> {
    if (this.#directory === null || this.#pending.size === 0) {
      return;
    }
    const entries = [...this.#pending].map(([key, vector]) => ({ key, vector }));
    this.#pending = new Map();
    const bytes = encodeSegment(entries, this.#width);
    if (this.#bytes + bytes.length > this.#maximumBytes) {
      return;
    }
    const file = `${randomUUID()}${segmentSuffix}`;
    const path = join(this.#directory, file);
    try {
      await mkdir(this.#directory, { recursive: true, mode: 0o700 });
      await writeFile(`${path}.tmp`, bytes, { mode: 0o600 });
      await rename(`${path}.tmp`, path);
      this.#index(file, bytes);
    } catch {
      this.#bytes = this.#maximumBytes;
    }
  }

  /**
   * Forgets vectors: the files on disk that hold some of them go as a whole, since what else was in them can be computed
   * again.
   * @returns how many of the vectors were found
   */
  async remove(keys: Iterable<string>): Promise<number> {
    await this.flush();
    if (this.#directory !== null) await this.#refresh(this.#directory);
    const files = new Set<string>();
    let found = 0;
    for (const key of keys) {
      const inMemory = this.#memory.delete(key);
      const location = this.#locations.get(key);
      if (location !== undefined) files.add(location.file);
      if (inMemory || location !== undefined) found += 1;
    }
    for (const file of files) await rm(join(this.#directory ?? '', file), { force: true });
    for (const [key, { file }] of this.#locations) if (files.has(file)) this.#locations.delete(key);
    return found;
  }

  async #refresh(directory: string): Promise<void> {
    const files = await readdir(directory).catch(() => []);
    for (const file of files) {
      if (file.endsWith(segmentSuffix) && !this.#known.has(file)) {
        const bytes = await readFile(join(directory, file)).catch(() => undefined);
        if (bytes !== undefined) {
          this.#index(file, bytes);
        }
      }
    }
  }

  async #readFromDisk(keys: readonly string[], take: (key: string, vector: Float32Array) => void): Promise<void> {
    const byFile = Map.groupBy(
      keys.flatMap((key) => {
        const location = this.#locations.get(key);
        return location === undefined ? [] : [{ key, ...location }];
      }),
      ({ file }) => file,
    );
    for (const [file, wanted] of byFile) {
      // A file may have been removed meanwhile: then the vectors are computed again.
      const vectors = await this.#readVectors(
        file,
        wanted.map(({ offset }) => offset),
      ).catch(() => []);
      vectors.forEach((vector, index) => {
        const key = wanted[index]?.key;
        if (key !== undefined) {
          this.#memory.set(key, vector);
          take(key, vector);
        }
      });
    }
  }

  async #readVectors(file: string, offsets: readonly number[]): Promise<readonly Float32Array[]> {
    const path = join(this.#directory ?? '', file);
    if (offsets.length >= wholeFileFrom) {
      const bytes = await readFile(path);
      return offsets.map((offset) => vectorAt(bytes, offset, this.#width));
    }
    const vectorBytes = this.#width * 4;
    await using handle = await open(path);
    const vectors: Float32Array[] = [];
    for (const offset of offsets) {
      const { buffer, bytesRead } = await handle.read(new Uint8Array(vectorBytes), 0, vectorBytes, offset);
      if (bytesRead !== vectorBytes) {
        break;
      }
      vectors.push(vectorAt(buffer, 0, this.#width));
    }
    return vectors;
  }

  #index(file: string, bytes: Uint8Array): void {
    this.#known.add(file);
    this.#bytes += bytes.length;
    for (const { key, offset } of decodeSegment(bytes, this.#width)) {
      this.#locations.set(key, { file, offset });
    }
  }
}
