import { expect, test } from 'vitest';
import { WhileHeld } from '../../../../../shared/adapters/backends/embedded/while-held.ts';

test('makes a thing once for all who ask while it is made or in use, and again after it failed', async () => {
  const held = new WhileHeld<{ readonly of: string }>();
  let made = 0;
  const make = (of: string) => async () => {
    made += 1;
    if (made === 1) throw new Error('no room');
    return { of };
  };
  await expect(held.get('a', make('a'))).rejects.toThrow('no room');
  const [first, second] = await Promise.all([held.get('a', make('a')), held.get('a', make('a'))]);
  expect(second).toBe(first);
  expect(await held.get('a', make('a'))).toBe(first);
  expect(made).toBe(2);
  expect(await held.get('b', make('b'))).toEqual({ of: 'b' });
  expect(first.of).toBe('a');
});
