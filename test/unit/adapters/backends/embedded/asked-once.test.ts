import { expect, test } from 'vitest';
import { AskedOnce } from '../../../../../shared/adapters/backends/embedded/asked-once.ts';

interface Sized {
  readonly bytes: number;
}

function askedOnce(): AskedOnce<Sized> {
  return new AskedOnce<Sized>(250, ({ bytes }) => bytes);
}

test('asks once for a piece of work, also while it is under way, and again after it failed', async () => {
  const results = askedOnce();
  let asked = 0;
  const work = async () => {
    asked += 1;
    if (asked === 1) throw new Error('no room');
    return { bytes: asked };
  };
  await expect(results.get('a', work)).rejects.toThrow('no room');
  const both = await Promise.all([results.get('a', work), results.get('a', work)]);
  expect(both[0]).toBe(both[1]);
  expect(await results.get('a', work)).toBe(both[0]);
  expect(asked).toBe(2);
});

test('keeps the results used last, up to so many bytes, and none that has no room', async () => {
  const results = askedOnce();
  const asked: string[] = [];
  const get = (key: string, bytes = 100) =>
    results.get(key, async () => {
      asked.push(key);
      return { bytes };
    });
  for (const key of ['a', 'b', 'a', 'c', 'a', 'c']) await get(key);
  expect(asked).toEqual(['a', 'b', 'c']);
  await get('b');
  expect(asked).toEqual(['a', 'b', 'c', 'b']);
  for (let time = 0; time < 2; time += 1) expect(await get('large', 251)).toEqual({ bytes: 251 });
  expect(asked.slice(4)).toEqual(['large', 'large']);
});

test('does again what it was told to forget', async () => {
  const results = askedOnce();
  let asked = 0;
  const work = async () => {
    asked += 1;
    return { bytes: 100 };
  };
  await results.get('a', work);
  results.clear();
  await results.get('a', work);
  expect(asked).toBe(2);
});
