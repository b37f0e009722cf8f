import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyParts, prefixParts } from '../../shared/adapters/local/object-key.ts';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';

/** An {@link ObjectStore} in memory; bodies are copied in and out. */
export class MemoryObjectStore implements ObjectStore {
  readonly #objects = new Map<string, Uint8Array>();

  async get(key: string): Promise<Uint8Array | undefined> {
    keyParts(key);
    return this.#objects.get(key)?.slice();
  }

  async put(key: string, body: Uint8Array): Promise<void> {
    keyParts(key);
    this.#objects.set(key, Uint8Array.from(body));
  }

  async putIfAbsent(key: string, body: Uint8Array): Promise<boolean> {
    keyParts(key);
    if (this.#objects.has(key)) return false;
    this.#objects.set(key, Uint8Array.from(body));
    return true;
  }

  async list(prefix: string): Promise<readonly string[]> {
    prefixParts(prefix);
    return [...this.#objects.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  async delete(key: string): Promise<void> {
    keyParts(key);
    this.#objects.delete(key);
  }

  async withLocalFile<T>(key: string, use: (path: string) => Promise<T>): Promise<T> {
    keyParts(key);
    const body = this.#objects.get(key);
    if (body === undefined) throw new RatchetError('ObjectMissing', `There is no object ${key}.`);
    const folder = await mkdtemp(join(tmpdir(), 'ratchet-object-'));
    try {
      const path = join(folder, 'object');
      await writeFile(path, body);
      return await use(path);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}
