import { chmodSync, closeSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { RatchetError } from '../../domain/base/errors.ts';

const busyTimeoutMs = 10_000;
/** What helps against damage of the file. */
export const restoreFile = 'Restore the file from a backup, or choose another workspace with --workspace DIR.';

/**
 * Opens a SQLite file, made with its directory where there is none, with a write-ahead log; or one in memory.
 * @param prepare makes the tables that are not there yet
 */
export function openDatabase(path: string, prepare: (database: DatabaseSync, path: string) => void): DatabaseSync {
  if (path !== ':memory:') makePrivate(path);
  const database = new DatabaseSync(path, { timeout: busyTimeoutMs });
  try {
    enterWriteAheadLog(database);
    database.exec('PRAGMA synchronous = FULL');
    prepare(database, path);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * Opens a copy of a file in a place that nothing can be written to, where SQLite cannot read what stands in its log alone.
 * What would change it is refused. @returns it with the folder that is to be removed once it is closed
 */
export function openCopy(
  path: string,
  prepare: (database: DatabaseSync, path: string) => void,
): { readonly database: DatabaseSync; readonly folder: string } {
  const folder = mkdtempSync(join(tmpdir(), 'ratchet-lineage-'));
  try {
    const copy = join(folder, 'lineage.sqlite');
    for (const suffix of ['', '-wal']) {
      if (!existsSync(`${path}${suffix}`)) continue;
      copyFileSync(`${path}${suffix}`, `${copy}${suffix}`);
      chmodSync(`${copy}${suffix}`, 0o600);
    }
    const whole = openDatabase(copy, (database) => prepare(database, path));
    whole.exec('PRAGMA journal_mode = DELETE');
    whole.close();
    return { database: new DatabaseSync(copy, { readOnly: true }), folder };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Files beside it get the modes that it has. */
function makePrivate(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, 'a', 0o600));
}

/**
 * Switching a new file to the write-ahead log does not wait for other processes that do the same, so it is tried again.
 */
function enterWriteAheadLog(database: DatabaseSync): void {
  const deadline = performance.now() + busyTimeoutMs;
  for (;;) {
    try {
      database.exec('PRAGMA journal_mode = WAL');
      return;
    } catch (error) {
      if (primaryCode(error) !== sqliteCodes.busy || performance.now() > deadline) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

const sqliteCodes = {
  busy: 5,
  locked: 6,
  readOnly: 8,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notADatabase: 26,
} as const;

/** The memory file beside a database cannot be made as large as it has to be: nothing can be read without it. */
const noRoomForMemoryFile = 4_874;

/** Whether SQLite failed because there is no room left, on the disk or in the quota. */
export function isOutOfSpace(error: unknown): boolean {
  return primaryCode(error) === sqliteCodes.full || resultCode(error) === noRoomForMemoryFile;
}

function resultCode(error: unknown): number | undefined {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : undefined;
}

/** SQLite's primary result code, without the extension in the higher bits. */
function primaryCode(error: unknown): number | undefined {
  const code = resultCode(error);
  return code === undefined ? undefined : code & 0xff;
}

/** SQLite's error with the system error code it amounts to, or as a fault of its own. */
export function describeSqliteError(error: unknown): unknown {
  const code = primaryCode(error);
  if (code === undefined || !(error instanceof Error)) return error;
  const systemCode = isOutOfSpace(error)
    ? 'ENOSPC'
    : { [sqliteCodes.readOnly]: 'EROFS', [sqliteCodes.cannotOpen]: 'EACCES' }[code];
  if (systemCode !== undefined) return Object.assign(new Error(error.message, { cause: error }), { code: systemCode });
  if (code === sqliteCodes.corrupt || code === sqliteCodes.notADatabase) {
    return new RatchetError('CorruptArtifact', `The lineage database cannot be read: ${error.message}.`, {
      cause: error,
      mend: restoreFile,
    });
  }
  return new Error(error.message, { cause: error });
}
