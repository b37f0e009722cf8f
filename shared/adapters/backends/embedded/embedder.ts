import { hash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { RatchetError } from '../../../domain/base/errors.ts';
import type { EmbeddingCache } from './embedding-cache.ts';
import { keyLength } from './embedding-segment.ts';
import { evenCase } from './even-case.ts';
import type { LocatedEncoder } from './foundations/encoder.ts';
import { readableText } from './text-features.ts';
import { maxEmbeddedCharacters } from './use-lite.ts';
import type { WorkerPool } from './worker-pool.ts';

/** Texts in one task of a worker. */
const taskTexts = 64;
/** Texts that are hashed before other work of the main thread gets its turn. */
const turnTexts = 2_048;

export interface EmbedderOptions {
  readonly pool: WorkerPool;
  readonly cache: EmbeddingCache;
  /** Floats of an embedding. */
  readonly width: number;
  /** Where the encoder lies; null for USE-Lite. Asked when a text is not in the cache. */
  readonly locate: () => Promise<LocatedEncoder | null>;
}

/** Embeds texts in {@link evenCase} on the worker threads, each different text once. */
export class Embedder {
  readonly cache: EmbeddingCache;
  readonly #pool: WorkerPool;
  readonly #width: number;
  readonly #locate: EmbedderOptions['locate'];

  constructor({ pool, cache, width, locate }: EmbedderOptions) {
    this.#pool = pool;
    this.cache = cache;
    this.#width = width;
    this.#locate = locate;
  }

  /** Rows of floats in shared memory, one a text, of unit length; zeros for a text with nothing to go by. */
  async matrix(texts: readonly string[], onProgress?: (done: number, total: number) => void): Promise<Float32Array> {
    const width = this.#width;
    const result = new Float32Array(new SharedArrayBuffer(texts.length * width * 4));
    const rowsByKey = new Map<string, { readonly text: string; readonly rows: number[] }>();
    for (let index = 0; index < texts.length; index++) {
      if (index % turnTexts === turnTexts - 1) {
        await setImmediate();
      }
      const text = embeddedText(texts[index] ?? '');
      if (text === '') {
        continue;
      }
      const key = keyOf(text);
      const entry = rowsByKey.get(key);
      if (entry === undefined) {
        rowsByKey.set(key, { text, rows: [index] });
      } else {
        entry.rows.push(index);
      }
    }
    const write = (key: string, vector: Float32Array) => {
      for (const row of rowsByKey.get(key)?.rows ?? []) {
        result.set(vector, row * width);
      }
    };
    const found = new Set<string>();
    await this.cache.find(rowsByKey.keys(), (key, vector) => {
      write(key, vector);
      found.add(key);
    });
    const missing = [...rowsByKey].filter(([key]) => !found.has(key));
    const encoder = missing.length === 0 ? null : await this.#locate();
    let done = found.size;
    const tasks: Promise<void>[] = [];
    for (let from = 0; from < missing.length; from += taskTexts) {
      tasks.push(
        this.#embed(missing.slice(from, from + taskTexts), encoder, write).then((count) => {
          done += count;
          onProgress?.(done, rowsByKey.size);
        }),
      );
    }
    await Promise.all(tasks);
    return result;
  }

  async #embed(
    batch: readonly (readonly [string, { readonly text: string }])[],
    encoder: LocatedEncoder | null,
    write: (key: string, vector: Float32Array) => void,
  ): Promise<number> {
    const width = this.#width;
    const texts = batch.map(([, { text }]) => text);
    const rows = await this.#pool.run('embed', { texts, encoder }, 'TrainingFailed');
    if (rows.length !== batch.length * width) {
      throw new RatchetError(
        'FoundationMissing',
        `The foundation's embeddings have ${rows.length / batch.length} floats, not ${width} as before.`,
      );
    }
    const entries = batch.map(([key], index) => ({
      key,
      vector: rows.slice(index * width, (index + 1) * width),
    }));
    for (const { key, vector } of entries) {
      write(key, vector);
    }
    await this.cache.add(entries);
    return batch.length;
  }
}

/** The keys of texts in every cache of embeddings. */
export function embeddingKeys(texts: readonly string[]): ReadonlySet<string> {
  return new Set(texts.map((text) => keyOf(embeddedText(text))));
}

/** What of a text is embedded. */
function embeddedText(text: string): string {
  return evenCase(readableText(text)).slice(0, maxEmbeddedCharacters);
}

function keyOf(text: string): string {
  return hash('sha256', text).slice(0, keyLength);
}
