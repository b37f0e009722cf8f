import { randomUUID } from 'node:crypto';
import { readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { errorCode } from '../shared/adapters/local/storage-failure.ts';
import { RatchetError } from '../shared/domain/base/errors.ts';
import type { ExportedFile } from '../shared/ports/exporter.ts';
import { cannotWriteTo, makeFolder } from './make-folder.ts';

/**
 * Writes files into a new folder, all of them or none: they are written beside it and then take its place.
 * @param force whether a folder that holds something is replaced
 * @returns its absolute path
 * @throws RatchetError InvalidInput when there is something and where nothing can be written, StorageFailure
 */
export async function writeFolder(path: string, files: readonly ExportedFile[], force: boolean): Promise<string> {
  const target = resolve(path);
  await checkTarget(target, force);
  const temporary = join(dirname(target), `.${basename(target)}-${randomUUID()}.tmp`);
  try {
    for (const { name, body } of files) {
      const file = join(temporary, ...name.split('/'));
      await makeFolder(dirname(file));
      await writeFile(file, body);
    }
    await rm(target, { recursive: true, force: true });
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
    throw cannotWriteTo(target, error);
  }
  return target;
}

async function checkTarget(target: string, force: boolean): Promise<void> {
  const found = await readdir(target).catch((error: unknown): string[] => {
    if (errorCode(error) === 'ENOENT') return [];
    if (errorCode(error) === 'ENOTDIR') {
      throw new RatchetError('InvalidInput', `${target} is a file.`, { mend: 'Name a folder with --to.' });
    }
    throw cannotWriteTo(target, error);
  });
  const isExport = found.includes('model.json') && found.includes('test-cases.jsonl');
  if (found.length === 0 || (force && isExport)) return;
  throw new RatchetError('InvalidInput', `The folder ${target} is not empty.`, {
    mend: isExport
      ? 'Choose another one, or replace the export in it with --force.'
      : 'Choose another one: it holds something else than an export, which --force does not replace.',
  });
}
