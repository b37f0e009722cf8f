import { LRUCache } from 'lru-cache';
import { digest } from '../../domain/base/ids.ts';
import type { ObjectStore } from '../../ports/object-store.ts';

/** The digest of each file that a stage wrote, by its name within the stage's folder. */
export type FileDigests = Readonly<Record<string, string>>;

/** Files that stages under way in one process have written; of more, the first are not held to account. */
const mostKnown = 20_000;

/** An object store that knows what was written through it below `runs/`. */
export class WrittenFiles implements ObjectStore {
  readonly #objects: ObjectStore;
  readonly #digests = new LRUCache<string, string>({ max: mostKnown });

  constructor(objects: ObjectStore) {
    this.#objects = objects;
  }

  /** Of the files in a folder, which are forgotten with it. @param folder object key that ends in `/` */
  take(folder: string): FileDigests {
    const keys = [...this.#digests.keys()].filter((key) => key.startsWith(folder)).sort();
    const taken = keys.map((key) => [key.slice(folder.length), this.#digests.peek(key) ?? ''] as const);
    for (const key of keys) this.#digests.delete(key);
    return Object.fromEntries(taken);
  }

  async put(key: string, body: Uint8Array): Promise<void> {
    await this.#objects.put(key, body);
    this.#note(key, body);
  }

  async putIfAbsent(key: string, body: Uint8Array): Promise<boolean> {
    const isWritten = await this.#objects.putIfAbsent(key, body);
    if (isWritten) this.#note(key, body);
    return isWritten;
  }

  async delete(key: string): Promise<void> {
    await this.#objects.delete(key);
    this.#digests.delete(key);
  }

  get(key: string): Promise<Uint8Array | undefined> {
    return this.#objects.get(key);
  }

  list(prefix: string): Promise<readonly string[]> {
    return this.#objects.list(prefix);
  }

  withLocalFile<T>(key: string, use: (path: string) => Promise<T>): Promise<T> {
    return this.#objects.withLocalFile(key, use);
  }

  #note(key: string, body: Uint8Array): void {
    if (key.startsWith('runs/')) this.#digests.set(key, digest(body));
  }
}

const known = new WeakMap<ObjectStore, WrittenFiles>();

/** The same for the same store: what a process has read of a run's files is kept by the store that it was read from. */
export function writtenFilesOf(objects: ObjectStore): WrittenFiles {
  const found = objects instanceof WrittenFiles ? objects : (known.get(objects) ?? new WrittenFiles(objects));
  known.set(objects, found);
  return found;
}

/**
 * Keys of the files that are not what was written. One that is gone may have been removed once it had served; whoever
 * asks for it is told.
 */
export async function damagedFiles(
  folder: string,
  files: FileDigests,
  objects: ObjectStore,
): Promise<readonly string[]> {
  const damaged: string[] = [];
  for (const [name, written] of Object.entries(files)) {
    const bytes = await objects.get(`${folder}${name}`);
    if (bytes !== undefined && digest(bytes) !== written) damaged.push(`${folder}${name}`);
  }
  return damaged;
}
