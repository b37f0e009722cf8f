import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EmbeddingCache } from '../../../../../shared/adapters/backends/embedded/embedding-cache.ts';
import {
  decodeSegment,
  encodeSegment,
  vectorAt,
} from '../../../../../shared/adapters/backends/embedded/embedding-segment.ts';
import { embeddingLength } from '../../../../../shared/adapters/backends/embedded/use-lite.ts';

const entry = (number: number) => ({
  key: number.toString(16).padStart(32, '0'),
  vector: new Float32Array(embeddingLength).fill(number),
});
const entries = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => entry(from + index));
const keysOf = (list: readonly { readonly key: string }[]) => list.map(({ key }) => key);

async function found(cache: EmbeddingCache, keys: readonly string[]): Promise<Map<string, Float32Array>> {
  const vectors = new Map<string, Float32Array>();
  await cache.find(keys, (key, vector) => vectors.set(key, vector));
  return vectors;
}

describe('embedding cache', () => {
  let directory: string;
  const segments = async () => {
    const folder = join(directory, 'use-lite-1');
    return (await readdir(folder)).filter((file) => file.endsWith('.embeddings')).map((file) => join(folder, file));
  };

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ratchet-embeddings-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('keeps vectors in memory without a directory', async () => {
    const cache = new EmbeddingCache(null);
    await cache.add(entries(0, 3));
    expect(await found(cache, keysOf(entries(1, 5)))).toEqual(
      new Map(entries(1, 3).map(({ key, vector }) => [key, vector])),
    );
  });

  it('forgets vectors in memory and on disk, and finds those that lay beside them no more', async () => {
    const cache = new EmbeddingCache(directory);
    await cache.add(entries(0, 64));
    await cache.add(entries(64, 128));
    await cache.add(entries(128, 130));
    const other = new EmbeddingCache(directory);
    expect(await other.remove(keysOf([entry(3), entry(999)]))).toBe(1);
    const fresh = new EmbeddingCache(directory);
    expect((await found(fresh, keysOf(entries(0, 64)))).size).toBe(0);
    expect((await found(fresh, keysOf(entries(64, 128)))).size).toBe(64);
    expect(await cache.remove(keysOf([entry(129)]))).toBe(1);
    expect((await found(cache, [entry(129).key])).size).toBe(0);
    expect((await found(new EmbeddingCache(directory), [entry(129).key])).size).toBe(0);
  });

  it.each([3, 200])('finds %i vectors that another process wrote, also later', async (count) => {
    const [writer, reader] = [new EmbeddingCache(directory), new EmbeddingCache(directory)];
    expect((await found(reader, [entry(0).key])).size).toBe(0);
    await writer.add(entries(0, count));
    await writer.flush();
    const vectors = await found(reader, keysOf(entries(0, count)));
    expect(vectors.size).toBe(count);
    expect(vectors.get(entry(2).key)).toEqual(entry(2).vector);
  });

  it('passes over segments that are torn, damaged or foreign', async () => {
    const writer = new EmbeddingCache(directory);
    await writer.add(entries(0, 70));
    const [path = ''] = await segments();
    const bytes = await readFile(path);
    await writeFile(`${path}.cut.embeddings`, bytes.subarray(0, bytes.length - 1));
    await writeFile(join(directory, 'use-lite-1', 'foreign.embeddings'), 'hello');
    await writeFile(path, bytes.fill(1, 400, 401));
    expect((await found(new EmbeddingCache(directory), keysOf(entries(0, 70)))).size).toBe(0);
  });

  it('computes anew what has been deleted meanwhile', async () => {
    const writer = new EmbeddingCache(directory);
    await writer.add(entries(0, 70));
    const reader = new EmbeddingCache(directory);
    await found(reader, [entry(0).key]);
    await rm(directory, { recursive: true });
    expect([...(await found(reader, keysOf(entries(0, 2)))).keys()]).toEqual([entry(0).key]);
  });

  it('stops writing at its size limit, and goes on without a directory that it can write', async () => {
    const small = new EmbeddingCache(directory, undefined, 100_000);
    await small.add(entries(0, 64));
    expect(await readdir(directory)).toEqual([]);
    await writeFile(join(directory, 'file'), '');
    const blocked = new EmbeddingCache(join(directory, 'file'));
    await blocked.add(entries(0, 64));
    expect((await found(blocked, [entry(1).key])).size).toBe(1);
  });
});

describe('embedding segment', () => {
  it('gives back the vectors by key', () => {
    const bytes = encodeSegment(entries(5, 9), embeddingLength);
    const decoded = decodeSegment(bytes, embeddingLength).map(({ key, offset }) => ({
      key,
      vector: vectorAt(bytes, offset, embeddingLength),
    }));
    expect(decoded).toEqual(entries(5, 9));
  });
});
