import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { storageFailure } from './storage-failure.ts';

/** Runs `use` with a new folder of its own, removed afterwards. */
export async function withTemporaryFolder<T>(use: (path: string) => Promise<T>): Promise<T> {
  const path = await mkdtemp(join(tmpdir(), 'ratchet-')).catch((error: unknown) => {
    throw storageFailure('create a folder in', tmpdir(), error);
  });
  try {
    return await use(path);
  } finally {
    await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}
