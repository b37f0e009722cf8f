import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { RatchetError } from '../../domain/base/errors.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { isKeyPart, keyParts, prefixParts } from './object-key.ts';
import { errorCode, storageFailure } from './storage-failure.ts';

const temporaryFolder = '.tmp';
const leftoverAgeMs = 60 * 60 * 1000;

/**
 * An {@link ObjectStore} on a directory, safe to use from several processes at once. The directory is made by the first
 * write. Objects appear by rename (or hard link) of a synced temporary file, so a reader sees a whole object or none.
 * A key and a longer key under it (`a` and `a/b`) cannot both be there. What is made here its owner alone may read.
 *
 * Faults: `InvalidInput` for a bad key, `ObjectMissing` from {@link withLocalFile}, `StorageFailure` with path and
 * mend.
 */
export class DirectoryObjectStore implements ObjectStore {
  readonly #root: string;
  readonly #temporary: string;
  #ready: Promise<void> | undefined;

  constructor(root: string) {
    this.#root = resolve(root);
    this.#temporary = join(this.#root, temporaryFolder);
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    const path = this.#path(key);
    try {
      const bytes = await readFile(path);
      return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    } catch (error) {
      if (isAbsence(error)) return undefined;
      throw storageFailure('read', path, error);
    }
  }

  async put(key: string, body: Uint8Array): Promise<void> {
    const path = this.#path(key);
    await this.#write(path, body, async (temporary) => {
      await rename(temporary, path);
    });
  }

  async putIfAbsent(key: string, body: Uint8Array): Promise<boolean> {
    const path = this.#path(key);
    if (await exists(path)) return false;
    let written = true;
    await this.#write(path, body, async (temporary) => {
      try {
        await link(temporary, path);
      } catch (error) {
        if (errorCode(error) !== 'EEXIST') throw error;
        written = false;
      }
      await rm(temporary, { force: true });
    });
    return written;
  }

  async list(prefix: string): Promise<readonly string[]> {
    const { complete, rest } = prefixParts(prefix);
    const keys: string[] = [];
    await this.#collect(complete, rest, keys);
    return keys.sort();
  }

  async delete(key: string): Promise<void> {
    const path = this.#path(key);
    try {
      if ((await stat(path)).isFile()) await rm(path, { force: true });
    } catch (error) {
      if (!isAbsence(error)) throw storageFailure('delete', path, error);
    }
  }

  async withLocalFile<T>(key: string, use: (path: string) => Promise<T>): Promise<T> {
    const path = this.#path(key);
    if (!(await exists(path))) throw new RatchetError('ObjectMissing', `There is no object ${key} (${path}).`);
    return use(path);
  }

  #path(key: string): string {
    return join(this.#root, ...keyParts(key));
  }

  async #collect(parts: readonly string[], namePrefix: string, keys: string[]): Promise<void> {
    const folder = join(this.#root, ...parts);
    const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
      if (isAbsence(error)) return [];
      throw storageFailure('list', folder, error);
    });
    for (const entry of entries) {
      if (!entry.name.startsWith(namePrefix) || !isKeyPart(entry.name)) continue;
      if (entry.isDirectory()) await this.#collect([...parts, entry.name], '', keys);
      else if (entry.isFile()) keys.push([...parts, entry.name].join('/'));
    }
  }

  async #write(path: string, body: Uint8Array, publish: (temporary: string) => Promise<void>): Promise<void> {
    await this.#prepare();
    const temporary = join(this.#temporary, `${process.pid}-${randomUUID()}`);
    const folder = dirname(path);
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeSynced(temporary, body);
      await publish(temporary);
      await syncFolder(folder);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw errorCode(error) === 'EISDIR' || errorCode(error) === 'EEXIST' || errorCode(error) === 'ENOTDIR'
        ? new RatchetError(
            'InvalidInput',
            `${path} cannot be written: another key is a part of this one, or the reverse.`,
            { cause: error },
          )
        : storageFailure('write', path, error);
    }
  }

  /** Makes the directories and clears away what processes that died while writing left behind, once. */
  #prepare(): Promise<void> {
    this.#ready ??= this.#makeFolders().catch((error: unknown) => {
      this.#ready = undefined;
      throw storageFailure('create', this.#temporary, error);
    });
    return this.#ready;
  }

  async #makeFolders(): Promise<void> {
    await mkdir(this.#temporary, { recursive: true, mode: 0o700 });
    for (const name of await readdir(this.#temporary)) {
      const path = join(this.#temporary, name);
      const age = await stat(path).then(
        (found) => Date.now() - found.mtimeMs,
        () => 0,
      );
      if (age > leftoverAgeMs) await rm(path, { force: true }).catch(() => undefined);
    }
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if (isAbsence(error)) return false;
    throw storageFailure('read', path, error);
  }
}

function isAbsence(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR';
}

async function writeSynced(path: string, body: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(body);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes a rename last through a power cut, on systems where a directory can be synced. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => undefined);
  if (folder === undefined) return;
  try {
    await folder.sync();
  } catch {
    // Windows and some network file systems cannot; the rename itself has succeeded.
  } finally {
    await folder.close();
  }
}
