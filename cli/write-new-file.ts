import { randomUUID } from 'node:crypto';
import { rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { RatchetError } from '../shared/domain/base/errors.ts';
import { cannotWriteTo } from './make-folder.ts';

/**
 * Writes a file as a whole: it is written beside its place and then takes it.
 * @param force whether a file that is there is replaced
 * @returns its absolute path
 * @throws RatchetError InvalidInput when there is something and where nothing can be written, StorageFailure
 */
export async function writeNewFile(path: string, pieces: readonly string[], force: boolean): Promise<string> {
  const target = resolve(path);
  const found = await stat(target).catch(() => null);
  if (found?.isDirectory() === true) {
    throw new RatchetError('InvalidInput', `${target} is a directory.`, { mend: 'Name a file with --to.' });
  }
  if (found !== null && !force) {
    throw new RatchetError('InvalidInput', `There is a file ${target}.`, {
      mend: 'Choose another name, or replace it with --force.',
    });
  }
  const temporary = join(dirname(target), `.${basename(target)}-${randomUUID()}.tmp`);
  try {
    await writeFile(temporary, pieces);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw cannotWriteTo(target, error);
  }
  return target;
}
