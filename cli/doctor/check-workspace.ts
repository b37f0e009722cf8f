import { accessSync, constants, rmSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describeSqliteError, isOutOfSpace, openCopy } from '../../shared/adapters/local/sqlite-database.ts';
import { storageFailure } from '../../shared/adapters/local/storage-failure.ts';
import { plural } from '../../shared/domain/base/wording.ts';
import type { Check } from '../results.ts';
import { lineageFile, objectsFolder } from '../workspace-files.ts';
import { ok, problem, thrown, warning } from './check.ts';

const mebibyte = 2 ** 20;
const leastFree = 100 * mebibyte;
const comfortablyFree = 1024 * mebibyte;
const leftoverAgeMs = 3_600_000;

/** Whether the directory can be read and written: by doing it. */
export async function checkDirectory(root: string): Promise<Check> {
  try {
    await readdir(root);
    const probe = await mkdtemp(join(root, 'doctor-'));
    try {
      await writeFile(join(probe, 'probe'), 'x');
    } finally {
      await rm(probe, { recursive: true, force: true });
    }
    return ok('workspace', `${root} can be read and written`);
  } catch (error) {
    return thrown('workspace', storageFailure('write to', root, error), '');
  }
}

export async function checkFreeSpace(root: string): Promise<Check> {
  const { bavail, bsize } = await statfs(root);
  const free = bavail * bsize;
  const detail = `${(free / 2 ** 30).toFixed(1)} GiB free`;
  if (free < leastFree) return problem('disk space', detail, 'Free some disk space before the next run.');
  return free < comfortablyFree
    ? warning('disk space', detail, 'A run on many traces can need more: free some disk space.')
    : ok('disk space', detail);
}

/** Whether the lineage database is whole and has its tables; it is not written to. */
export function checkLineage(root: string): Check {
  const restore = 'Restore the file from a backup, or choose another workspace with --workspace DIR.';
  const path = join(root, lineageFile);
  let folder: string | null = null;
  try {
    // SQLite needs to write beside a file that it reads.
    const copy = isWritable(root) ? null : openCopy(path, () => undefined);
    folder = copy?.folder ?? null;
    using database = copy?.database ?? new DatabaseSync(path, { readOnly: true });
    const version = Number(database.prepare('PRAGMA user_version').get()?.user_version);
    if (version === 0) return problem(lineageFile, 'it holds no tables of Ratchet', restore);
    const found = String(database.prepare('PRAGMA integrity_check').get()?.integrity_check);
    if (found !== 'ok') return problem(lineageFile, `it is damaged: ${found}`, restore);
    const models = Number(database.prepare('SELECT count(*) AS count FROM models').get()?.count);
    return ok(lineageFile, `whole, schema ${version}, ${plural(models, 'model')}`);
  } catch (error) {
    return thrown(
      lineageFile,
      isOutOfSpace(error) ? storageFailure('open', path, describeSqliteError(error)) : error,
      restore,
    );
  } finally {
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
  }
}

/** Whether anything can be written in a directory. */
export function isWritable(root: string): boolean {
  try {
    accessSync(root, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** What processes that died while writing left behind in the object store. */
export async function checkLeftovers(root: string, now: number): Promise<Check> {
  const folder = join(root, objectsFolder, '.tmp');
  const names = await readdir(folder).catch(() => []);
  const ages = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        (found) => now - found.mtimeMs,
        () => 0,
      ),
    ),
  );
  const old = ages.filter((age) => age > leftoverAgeMs).length;
  if (old > 0)
    return warning(
      'objects',
      `${plural(old, 'temporary file')} left behind in ${folder}`,
      'The next write removes them.',
    );
  return ok(
    'objects',
    names.length === 0 ? 'no leftover temporary files' : `${plural(names.length, 'file')} being written`,
  );
}
