import { expect, test } from 'vitest';
import { TrainedHeads } from '../../../../../shared/adapters/backends/embedded/trained-heads.ts';

function headOf(bytes: number) {
  return { bytes: new Uint8Array(bytes), digest: '', examples: 1, finalLoss: 0 };
}

test('asks once for a training, also while it is under way, and again after it failed', async () => {
  const heads = new TrainedHeads();
  let asked = 0;
  const train = async () => {
    asked += 1;
    if (asked === 1) throw new Error('no room');
    return headOf(asked);
  };
  await expect(heads.get('a', train)).rejects.toThrow('no room');
  const both = await Promise.all([heads.get('a', train), heads.get('a', train)]);
  expect(both[0]).toBe(both[1]);
  expect(await heads.get('a', train)).toBe(both[0]);
  expect(asked).toBe(2);
});

test('keeps the heads used last, up to 256 MiB', async () => {
  const heads = new TrainedHeads();
  const asked: string[] = [];
  const get = (key: string) =>
    heads.get(key, async () => {
      asked.push(key);
      return headOf(100 * 2 ** 20);
    });
  for (const key of ['a', 'b', 'a', 'c', 'a', 'c']) await get(key);
  expect(asked).toEqual(['a', 'b', 'c']);
  await get('b');
  expect(asked).toEqual(['a', 'b', 'c', 'b']);
});
