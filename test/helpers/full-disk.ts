import { realpathSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { vi } from 'vitest';

/**
 * From now on SQLite answers as where the disk is full: the memory file beside this database cannot be made.
 * @returns what makes room again
 */
export function fillDiskOf(path: string): () => void {
  const { exec } = DatabaseSync.prototype;
  const real = realpathSync(path);
  const spy = vi.spyOn(DatabaseSync.prototype, 'exec').mockImplementation(function (this: DatabaseSync, sql) {
    if (this.location() !== real) return exec.call(this, sql);
    throw Object.assign(new Error('disk I/O error'), { code: 'ERR_SQLITE_ERROR', errcode: 4_874 });
  });
  return () => spy.mockRestore();
}
