import { expect, test } from 'vitest';
import { z } from 'zod';
import { RatchetError } from '../../../../shared/domain/base/errors.ts';
import { completedOutput } from '../../../../shared/loop/engine/completed-output.ts';
import { writeJson } from '../../../../shared/ports/documents.ts';
import type { ObjectStore } from '../../../../shared/ports/object-store.ts';
import { MemoryObjectStore } from '../../../helpers/memory-object-store.ts';
import { sampleHead } from '../../../helpers/record-samples.ts';

const countSchema = z.strictObject({ count: z.int() });
const key = 'runs/m1/r1/1/count/all/completed.json';
const read = (objects: ObjectStore) => completedOutput('count', sampleHead, countSchema, objects);

test('what a stage gave is read from the record of its iteration and item', async () => {
  const objects = new MemoryObjectStore();
  await writeJson(objects, key, { inputDigest: 'd', output: { count: 7 } });
  expect(await read(objects)).toEqual({ count: 7 });
  expect(await completedOutput('count', { ...sampleHead, iteration: 2 }, countSchema, objects)).toBeNull();
});

test('nothing is read of a stage that is not complete, whose record is damaged, or that gave something else', async () => {
  const objects = new MemoryObjectStore();
  expect(await read(objects)).toBeNull();
  await objects.put(key, new TextEncoder().encode('{"output":'));
  expect(await read(objects)).toBeNull();
  await writeJson(objects, key, { output: { counts: 7 } });
  expect(await read(objects)).toBeNull();
});

test('a store that fails is told of', async () => {
  const objects = new MemoryObjectStore();
  for (const fault of [new RatchetError('StorageFailure', 'The store is away.'), new Error('no network')]) {
    objects.get = async () => {
      throw fault;
    };
    await expect(read(objects)).rejects.toBe(fault);
  }
});
