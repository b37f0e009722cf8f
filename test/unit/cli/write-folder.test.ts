import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeFolder } from '../../../cli/write-folder.ts';
import { writeNewFile } from '../../../cli/write-new-file.ts';
import { rejection } from '../../helpers/rejection.ts';

const files = [
  { name: 'model.json', body: new TextEncoder().encode('{}') },
  { name: 'a/b/weights', body: new TextEncoder().encode('w') },
];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ratchet-write-folder-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('writing a folder', () => {
  test('makes the folders above it, and leaves nothing beside it', async () => {
    const target = await writeFolder(join(folder, 'x/y/export'), files, false);
    expect(await readFile(join(target, 'a/b/weights'), 'utf8')).toBe('w');
    expect(await readdir(join(folder, 'x/y'))).toEqual(['export']);
  });

  test('ends at a place where no folder can be made, and leaves nothing behind', async () => {
    await writeFile(join(folder, 'file'), '');
    for (const target of [join(folder, 'file/export'), join(folder, 'n'.repeat(300))]) {
      expect(await rejection(writeFolder(target, files, false))).toMatchObject({ name: 'InvalidInput' });
    }
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test.runIf(process.platform === 'linux')('ends below a file system that makes no folders', async () => {
    expect(await rejection(writeFolder('/proc/x', files, false))).toMatchObject({
      name: 'InvalidInput',
      message: 'Nothing can be written to /proc/x: ENOENT.',
      mend: 'Name a place with --to where you may write.',
    });
    expect(await rejection(writeNewFile('/proc/x', ['a'], false))).toMatchObject({ name: 'InvalidInput' });
  });
});
