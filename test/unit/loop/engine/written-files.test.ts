import { expect, test } from 'vitest';
import { damagedFiles, writtenFilesOf } from '../../../../shared/loop/engine/written-files.ts';
import { MemoryObjectStore } from '../../../helpers/memory-object-store.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

test('digests are of what was written last, by folder, once', async () => {
  const store = new MemoryObjectStore();
  const written = writtenFilesOf(store);
  await written.put('runs/m/r/1/a/all/x.json', bytes('before'));
  await written.put('runs/m/r/1/a/all/x.json', bytes('after'));
  expect(await written.putIfAbsent('runs/m/r/1/a/all/x.json', bytes('never'))).toBe(false);
  expect(await written.putIfAbsent('runs/m/r/1/a/all/y.json', bytes('y'))).toBe(true);
  await written.put('runs/m/r/1/a/all/gone.json', bytes('gone'));
  await written.delete('runs/m/r/1/a/all/gone.json');
  await written.put('runs/m/r/1/b/all/z.json', bytes('z'));
  await written.put('models/m/z.json', bytes('z'));
  const files = written.take('runs/m/r/1/a/all/');
  expect(Object.keys(files)).toEqual(['x.json', 'y.json']);
  expect(await damagedFiles('runs/m/r/1/a/all/', files, store)).toEqual([]);
  expect(written.take('runs/m/r/1/a/all/')).toEqual({});
  expect(Object.keys(written.take('runs/m/r/1/b/all/'))).toEqual(['z.json']);
  expect(written.take('models/m/')).toEqual({});

  await store.put('runs/m/r/1/a/all/y.json', bytes(''));
  expect(await damagedFiles('runs/m/r/1/a/all/', files, store)).toEqual(['runs/m/r/1/a/all/y.json']);
});

test('one store has one that knows, which reads and lists as it does', async () => {
  const store = new MemoryObjectStore();
  const written = writtenFilesOf(store);
  expect(writtenFilesOf(store)).toBe(written);
  expect(writtenFilesOf(written)).toBe(written);
  expect(writtenFilesOf(new MemoryObjectStore())).not.toBe(written);
  await store.put('runs/m/a', bytes('a'));
  expect(await written.get('runs/m/a')).toEqual(bytes('a'));
  expect(await written.list('runs/')).toEqual(['runs/m/a']);
  expect(written.take('runs/m/')).toEqual({});
});
