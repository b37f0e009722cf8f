import { hash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { EmbeddingCache } from './embedding-cache.ts';
import { keyLength } from './embedding-segment.ts';
import { evenCase } from './even-case.ts';
import { readableText } from './text-features.ts';
import { embeddingLength, maxEmbeddedCharacters } from './use-lite.ts';
import type { WorkerPool } from './worker-pool.ts';

/** Texts in one task of a worker. */
const taskTexts = 64;
/** Texts that are hashed before other work of the main thread gets its turn. */
const turnTexts = 2_048;

/** Embeds texts in {@link evenCase} on the worker threads, each different text once. */
export class Embedder {
  readonly #pool: WorkerPool;
  readonly #cache: EmbeddingCache;

  constructor(pool: WorkerPool, cache: EmbeddingCache) {
    this.#pool = pool;
    this.#cache = cache;
  }

  /**
   * Rows of {@link embeddingLength} floats in shared memory, one a text, of unit length; zeros for a text with nothing
   * to go by.
   */
  async matrix(texts: readonly string[], onProgress?: (done: number, total: number) => void): Promise<Float32Array> {
    const result = new Float32Array(new SharedArrayBuffer(texts.length * embeddingLength * 4));
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
        result.set(vector, row * embeddingLength);
      }
    };
    const found = await this.#cache.find(rowsByKey.keys());
    found.forEach((vector, key) => {
      write(key, vector);
    });
    const missing = [...rowsByKey].filter(([key]) => !found.has(key));
    let done = found.size;
    const tasks: Promise<void>[] = [];
    for (let from = 0; from < missing.length; from += taskTexts) {
      tasks.push(
        this.#embed(missing.slice(from, from + taskTexts), write).then((count) => {
          done += count;
          onProgress?.(done, rowsByKey.size);
        }),
      );
    }
    await Promise.all(tasks);
    return result;
  }

  /** Forgets the embeddings of texts. @returns how many were kept */
  forget(texts: readonly string[]): Promise<number> {
    return this.#cache.remove(new Set(texts.map((text) => keyOf(embeddedText(text)))));
  }

  async #embed(
    batch: readonly (readonly [string, { readonly text: string }])[],
    write: (key: string, vector: Float32Array) => void,
  ): Promise<number> {
    const rows = await this.#pool.run(
      'embed',
      batch.map(([, { text }]) => text),
      'TrainingFailed',
    );
    const entries = batch.map(([key], index) => ({
      key,
      vector: rows.slice(index * embeddingLength, (index + 1) * embeddingLength),
    }));
    for (const { key, vector } of entries) {
      write(key, vector);
    }
    await this.#cache.add(entries);
    return batch.length;
  }
}

/** What of a text is embedded. */
function embeddedText(text: string): string {
  return evenCase(readableText(text)).slice(0, maxEmbeddedCharacters);
}

function keyOf(text: string): string {
  return hash('sha256', text).slice(0, keyLength);
}
