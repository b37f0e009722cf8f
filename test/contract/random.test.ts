import { expect, test } from 'vitest';
import { SeededRandom } from '../../shared/adapters/local/seeded-random.ts';
import { randomContract } from './random-contract.ts';

randomContract('xoroshiro128+ seeded by SHA-256', () => new SeededRandom());

test('a stream is the same on every machine and in every version: past runs must stay repeatable', () => {
  const random = new SeededRandom().stream(1, 'golden');
  expect([random.next(), random.next(), random.below(1_000_000)]).toMatchInlineSnapshot(`
    [
      0.9821488266521758,
      0.8829293337487575,
      503123,
    ]
  `);
});
