import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cacheDirectory, keepCopy } from '../../../../cli/stack/kept-copies.ts';
import { MemoryObjectStore } from '../../../helpers/memory-object-store.ts';
import { rejection } from '../../../helpers/rejection.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ratchet-copies-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test('an object is kept under the path of its key, as it is now', async () => {
  const objects = new MemoryObjectStore();
  await objects.put('runs/mail/report.html', new TextEncoder().encode('old'));
  await keepCopy('runs/mail/report.html', objects, directory);
  await objects.put('runs/mail/report.html', new TextEncoder().encode('new'));
  const path = await keepCopy('runs/mail/report.html', objects, directory);
  expect(path).toBe(join(directory, 'runs', 'mail', 'report.html'));
  expect(await readFile(path, 'utf8')).toBe('new');
});

test('an object that is gone is named', async () => {
  const error = await rejection(keepCopy('runs/x', new MemoryObjectStore(), directory));
  expect(error).toMatchObject({ name: 'ObjectMissing' });
});

test('a key never leads out of the directory', async () => {
  const objects = { ...new MemoryObjectStore(), get: async () => new Uint8Array() };
  const error = await rejection(keepCopy('../x', objects as never, directory));
  expect(error).toMatchObject({ name: 'InvalidInput' });
});

test('the cache is where the environment says, else in the home directory', () => {
  expect(cacheDirectory({ XDG_CACHE_HOME: '/cache' })).toBe('/cache/ratchet');
  expect(cacheDirectory({ XDG_CACHE_HOME: 'relative' })).toBe(join(homedir(), '.cache', 'ratchet'));
  expect(cacheDirectory({})).toBe(join(homedir(), '.cache', 'ratchet'));
});
