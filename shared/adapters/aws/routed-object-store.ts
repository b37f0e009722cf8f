import type { ObjectStore } from '../../ports/object-store.ts';
import { prefixParts } from '../local/object-key.ts';

/** What comes in from production, and is kept by other rules than what Ratchet makes of it. */
const traceFolders = new Set(['drops', 'traces', 'judgements', 'batches', 'quarantine', 'ingests']);

/** One {@link ObjectStore} of two: a key's first part decides whether the object lies in `traces` or in `artifacts`. */
export class RoutedObjectStore implements ObjectStore {
  readonly #traces: ObjectStore;
  readonly #artifacts: ObjectStore;

  constructor({ traces, artifacts }: { readonly traces: ObjectStore; readonly artifacts: ObjectStore }) {
    this.#traces = traces;
    this.#artifacts = artifacts;
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    return this.#storeOf(key).get(key);
  }

  async put(key: string, body: Uint8Array): Promise<void> {
    await this.#storeOf(key).put(key, body);
  }

  async putIfAbsent(key: string, body: Uint8Array): Promise<boolean> {
    return this.#storeOf(key).putIfAbsent(key, body);
  }

  async list(prefix: string): Promise<readonly string[]> {
    const { complete, rest } = prefixParts(prefix);
    if (complete.length > 0) return this.#storeOf(prefix).list(prefix);
    const spans = [...traceFolders].some((folder) => folder.startsWith(rest));
    const keys = await Promise.all([spans ? this.#traces.list(prefix) : [], this.#artifacts.list(prefix)]);
    const stores = [this.#traces, this.#artifacts];
    return keys.flatMap((found, index) => found.filter((key) => this.#storeOf(key) === stores[index])).sort();
  }

  async delete(key: string): Promise<void> {
    await this.#storeOf(key).delete(key);
  }

  async withLocalFile<T>(key: string, use: (path: string) => Promise<T>): Promise<T> {
    return this.#storeOf(key).withLocalFile(key, use);
  }

  #storeOf(key: string): ObjectStore {
    const folder = key.slice(0, Math.max(0, key.indexOf('/')));
    return traceFolders.has(folder) ? this.#traces : this.#artifacts;
  }
}
