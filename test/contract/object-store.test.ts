import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { DirectoryObjectStore } from '../../shared/adapters/local/directory-object-store.ts';
import { MemoryObjectStore } from '../helpers/memory-object-store.ts';
import { rejection } from '../helpers/rejection.ts';
import { objectStoreContract } from './object-store-contract.ts';
import { race } from './race.ts';

vi.setConfig({ testTimeout: 60_000 });

objectStoreContract('a directory', async () => {
  const root = await mkdtemp(join(tmpdir(), 'ratchet-test-'));
  return {
    objects: new DirectoryObjectStore(join(root, "it's [a] store")),
    dispose: () => rm(root, { recursive: true, force: true }),
  };
});

objectStoreContract('the fake in memory', async () => ({
  objects: new MemoryObjectStore(),
  dispose: async () => undefined,
}));

describe('a directory shared by processes that may die', () => {
  let root: string;
  let objects: DirectoryObjectStore;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'ratchet-test-'));
    objects = new DirectoryObjectStore(root);
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  test('two processes never both write an object that was absent', async () => {
    const wins = await race('objects', root, 60);
    expect(wins.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, number) => number));
    for (const [racer, numbers] of wins.entries()) {
      for (const number of numbers) {
        expect(new TextDecoder().decode(await objects.get(`prizes/${number}`))).toBe(`racer-${racer}`);
      }
    }
  });

  test('leaves no temporary file behind, and never shows one', async () => {
    await mkdir(join(root, '.tmp'));
    await writeFile(join(root, '.tmp', 'half'), 'half of an obj');
    await objects.put('a', new Uint8Array([1]));
    await objects.putIfAbsent('a', new Uint8Array([2]));
    await objects.putIfAbsent('b', new Uint8Array([2]));
    expect(await objects.list('')).toEqual(['a', 'b']);
    expect(await readdir(join(root, '.tmp'))).toEqual(['half']);
  });

  test('clears away temporary files that are older than an hour', async () => {
    await mkdir(join(root, '.tmp'));
    const old = new Date(Date.now() - 2 * 60 * 60 * 1000);
    await writeFile(join(root, '.tmp', 'old'), 'x');
    await utimes(join(root, '.tmp', 'old'), old, old);
    await writeFile(join(root, '.tmp', 'new'), 'x');
    await objects.put('a', new Uint8Array([1]));
    expect(await readdir(join(root, '.tmp'))).toEqual(['new']);
  });

  test('does not list files whose names could be no key', async () => {
    await objects.put('a', new Uint8Array([1]));
    await writeFile(join(root, 'my notes.txt'), 'x');
    await writeFile(join(root, '.DS_Store'), 'x');
    expect(await objects.list('')).toEqual(['a']);
  });

  test('a key under another key is refused, and harms neither', async () => {
    await objects.put('a', new Uint8Array([1]));
    expect((await rejection(objects.put('a/b', new Uint8Array([2])))).name).toBe('InvalidInput');
    await objects.put('c/d', new Uint8Array([3]));
    expect((await rejection(objects.put('c', new Uint8Array([4])))).name).toBe('InvalidInput');
    expect(await objects.putIfAbsent('c/d', new Uint8Array([5]))).toBe(false);
    expect(await objects.get('a/b')).toBeUndefined();
    expect(await objects.get('c')).toBeUndefined();
    expect(await objects.list('')).toEqual(['a', 'c/d']);
    expect(await readdir(join(root, '.tmp'))).toEqual([]);
  });

  test('a root that cannot be made is a storage failure that names the path and says what to do', async () => {
    await writeFile(join(root, 'file'), 'x');
    const error = await rejection(new DirectoryObjectStore(join(root, 'file', 'store')).put('a', new Uint8Array()));
    expect(error.name).toBe('StorageFailure');
    expect(error.message).toContain(join(root, 'file'));
    expect(error.mend).toContain('--workspace');
  });
});
