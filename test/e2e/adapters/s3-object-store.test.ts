import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RoutedObjectStore } from '../../../shared/adapters/aws/routed-object-store.ts';
import { S3ObjectStore } from '../../../shared/adapters/aws/s3-object-store.ts';
import { objectStoreContract } from '../../contract/object-store-contract.ts';
import { race } from '../../contract/race.ts';
import { temporaryBucket } from '../../helpers/emulator-resources.ts';
import { LostAnswers } from '../../helpers/lost-answers.ts';
import { rejection } from '../../helpers/rejection.ts';

const client = new S3Client({});
afterAll(() => client.destroy());

objectStoreContract('S3', async () => {
  const { bucket, remove } = await temporaryBucket(client);
  return { objects: new S3ObjectStore({ client, bucket }), dispose: remove };
});

test('two buckets hold what comes in from production, and what Ratchet makes of it', async () => {
  const [traces, artifacts] = await Promise.all([temporaryBucket(client), temporaryBucket(client)]);
  const inTraces = new S3ObjectStore({ client, bucket: traces.bucket });
  const inArtifacts = new S3ObjectStore({ client, bucket: artifacts.bucket });
  const objects = new RoutedObjectStore({ traces: inTraces, artifacts: inArtifacts });
  for (const key of ['runs/m1/a', 'drops/m1/a', 'batches/m1/a']) await objects.put(key, new Uint8Array([1]));
  expect(await inTraces.list('')).toEqual(['batches/m1/a', 'drops/m1/a']);
  expect(await inArtifacts.list('')).toEqual(['runs/m1/a']);
  expect(await objects.list('')).toEqual(['batches/m1/a', 'drops/m1/a', 'runs/m1/a']);
  await Promise.all([traces.remove(), artifacts.remove()]);
});

objectStoreContract('a pair of S3 buckets', async () => {
  const [traces, artifacts] = await Promise.all([temporaryBucket(client), temporaryBucket(client)]);
  const objects = new RoutedObjectStore({
    traces: new S3ObjectStore({ client, bucket: traces.bucket }),
    artifacts: new S3ObjectStore({ client, bucket: artifacts.bucket }),
  });
  const dispose = async () => {
    await Promise.all([traces.remove(), artifacts.remove()]);
  };
  return { objects, dispose };
});

describe('an S3 bucket', () => {
  let bucket: string;
  let remove: () => Promise<void>;
  let objects: S3ObjectStore;
  beforeEach(async () => {
    ({ bucket, remove } = await temporaryBucket(client));
    objects = new S3ObjectStore({ client, bucket });
  });
  afterEach(() => remove());

  test('lets one of two processes be the first to write an object', async () => {
    const wins = await race('s3-objects', bucket, 40);
    expect(wins.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, number) => number));
    for (const [racer, numbers] of wins.entries()) {
      for (const number of numbers) {
        expect(new TextDecoder().decode(await objects.get(`prizes/${number}`))).toBe(`racer-${racer}`);
      }
    }
  });

  test('tells a writer that its own write was the first, also when the answer was lost and it was sent again', async () => {
    const lost = new LostAnswers();
    const unlucky = new S3Client({});
    unlucky.middlewareStack.add(lost.middleware, lost.place);
    const store = new S3ObjectStore({ client: unlucky, bucket });
    lost.losses = 1;
    expect(await store.putIfAbsent('a', new Uint8Array([1]))).toBe(true);
    expect(lost.losses).toBe(0);
    expect(await store.putIfAbsent('a', new Uint8Array([1]))).toBe(false);
    unlucky.destroy();
  });

  test('lists more keys than fit in one answer', async () => {
    const keys = Array.from({ length: 1_234 }, (_, index) => `many/${String(index).padStart(5, '0')}`);
    for (let start = 0; start < keys.length; start += 50) {
      await Promise.all(keys.slice(start, start + 50).map((key) => objects.put(key, new Uint8Array([1]))));
    }
    expect(await objects.list('many/')).toEqual(keys);
  });

  test('takes a body of several parts, and gives it back whole, as a file and as a stream', async () => {
    const body = randomBytes(40 * 1024 * 1024 + 1);
    await objects.put('big', body);
    const wanted = sha256(body);
    expect(sha256((await objects.get('big')) ?? new Uint8Array())).toBe(wanted);
    const hash = createHash('sha256');
    let largest = 0;
    for await (const chunk of await objects.open('big')) {
      largest = Math.max(largest, chunk.length);
      hash.update(chunk);
    }
    expect(hash.digest('hex')).toBe(wanted);
    expect(largest).toBeLessThan(1024 * 1024);
    expect(await objects.withLocalFile('big', async (path) => sha256(await readFile(path)))).toBe(wanted);
  });

  test('leaves no copy behind once the local file was used, also when the user failed', async () => {
    await objects.put('a', new Uint8Array([1]));
    const seen: string[] = [];
    await objects.withLocalFile('a', async (path) => seen.push(path));
    const failing = objects.withLocalFile('a', async (path) => {
      seen.push(path);
      throw new Error('mine');
    });
    await expect(failing).rejects.toThrow('mine');
    expect(seen).toHaveLength(2);
    for (const path of seen) await expect(readdir(dirname(path))).rejects.toThrow('ENOENT');
  });

  test('says which object of which bucket is missing', async () => {
    const error = await rejection(objects.open('drops/none'));
    expect(error.name).toBe('ObjectMissing');
    expect(error.message).toContain('drops/none');
    expect(error.message).toContain(bucket);
  });

  test('does not list what people put there under names that are no keys', async () => {
    await objects.put('drops/a', new Uint8Array([1]));
    for (const Key of ['drops/', 'drops/my file.jsonl']) {
      await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'x' }));
    }
    expect(await objects.list('drops/')).toEqual(['drops/a']);
  });

  test('that is not there is a storage failure which names it and says what to do', async () => {
    const absent = new S3ObjectStore({ client, bucket: 'no-such-bucket' });
    for (const work of [
      () => absent.get('a'),
      () => absent.put('a', new Uint8Array()),
      () => absent.putIfAbsent('a', new Uint8Array()),
      () => absent.list(''),
      () => absent.delete('a'),
      () => absent.open('a'),
    ]) {
      const error = await rejection(work());
      expect(error.name).toBe('StorageFailure');
      expect(error.message).toContain('bucket no-such-bucket');
      expect(error.mend).toContain('deploy the stacks');
    }
  });
});

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
