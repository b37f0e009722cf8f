import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode, storageFailure } from '../shared/adapters/local/storage-failure.ts';
import { RatchetError } from '../shared/domain/base/errors.ts';

/**
 * Makes a folder and those above it, one by one: Node's own recursive `mkdir` never ends below a file system that makes
 * no folders, such as /proc.
 * @param mode of the folders that are made
 * @throws what `mkdir` throws
 */
export async function makeFolder(path: string, mode = 0o777): Promise<void> {
  const missing: string[] = [];
  let at = path;
  while (!(await isThere(at))) {
    missing.unshift(at);
    at = dirname(at);
  }
  for (const folder of missing) {
    await mkdir(folder, { mode }).catch((error: unknown) => {
      if (errorCode(error) !== 'EEXIST') throw error;
    });
  }
}

/** The root is there always, so that whoever climbs comes to an end. */
async function isThere(path: string): Promise<boolean> {
  if (dirname(path) === path) return true;
  return stat(path).then(
    () => true,
    (error: unknown) => {
      if (errorCode(error) === 'ENOENT') return false;
      throw error;
    },
  );
}

/** What says that the place was chosen badly, rather than that the disk is at fault. */
const badPlaces: ReadonlySet<string | undefined> = new Set([
  'ENOENT',
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOTDIR',
  'ENAMETOOLONG',
  'EINVAL',
  'ELOOP',
]);

/** The fault of a place chosen with `--to` that nothing can be written to. */
export function cannotWriteTo(target: string, error: unknown): RatchetError {
  const code = errorCode(error);
  if (!badPlaces.has(code)) return storageFailure('write', target, error);
  return new RatchetError('InvalidInput', `Nothing can be written to ${target}: ${code}.`, {
    cause: error,
    mend: 'Name a place with --to where you may write.',
  });
}
