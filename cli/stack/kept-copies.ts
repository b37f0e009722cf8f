import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { keyParts } from '../../shared/adapters/local/object-key.ts';
import { storageFailure } from '../../shared/adapters/local/storage-failure.ts';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';

/** What can be fetched or computed again: `$XDG_CACHE_HOME/ratchet`, else `~/.cache/ratchet`. Absolute. */
export function cacheDirectory(env: Readonly<Record<string, string | undefined>>): string {
  const home = env.XDG_CACHE_HOME;
  return join(home === undefined || !home.startsWith('/') ? join(homedir(), '.cache') : home, 'ratchet');
}

/**
 * Fetches an object into a directory, below which it has the path of its key, anew each time.
 * @returns absolute path of the copy
 * @throws RatchetError ObjectMissing, StorageFailure
 */
export async function keepCopy(key: string, objects: ObjectStore, directory: string): Promise<string> {
  const body = await objects.get(key);
  if (body === undefined) throw new RatchetError('ObjectMissing', `There is no object ${key}.`);
  const path = join(directory, ...keyParts(key));
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(temporary, body);
    await rename(temporary, path);
  } catch (error) {
    throw storageFailure('write', path, error);
  }
  return path;
}

/** Removes copies of objects that {@link keepCopy} may have made. @throws RatchetError StorageFailure */
export async function dropCopies(keys: readonly string[], directory: string): Promise<void> {
  for (const key of keys) {
    const path = join(directory, ...keyParts(key));
    await rm(path, { force: true }).catch((error: unknown) => {
      throw storageFailure('delete', path, error);
    });
  }
}
