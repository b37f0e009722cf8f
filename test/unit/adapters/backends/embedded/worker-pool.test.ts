import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WorkerPool } from '../../../../../shared/adapters/backends/embedded/worker-pool.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ratchet-worker-pool-'));
  // Tells what its thread is told, in place of embeddings.
  await writeFile(
    join(folder, 'teller.mjs'),
    'export const embed = () => ({ ok: true, value: process.argv.slice(2) });\n',
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function toldWith(threads: number): Promise<unknown> {
  const pool = new WorkerPool(threads, pathToFileURL(join(folder, 'teller.mjs')));
  try {
    return await pool.run('embed', { texts: [], encoder: null }, 'InvalidInput');
  } finally {
    await pool.close();
  }
}

test.each([
  [1, 256],
  [4, 256],
  [8, 128],
  [16, 64],
  [64, 64],
])('each of %i threads keeps %i MiB of loaded heads at most', async (threads, megabytes) => {
  expect(await toldWith(threads)).toEqual([String(megabytes * 2 ** 20)]);
});
