import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunksOf } from '../../../../../shared/adapters/backends/endpoint/chunks.ts';

const sizeOf = (item: number) => item;

describe('chunks of items', () => {
  it('end where the next item would be one too many, or too large', () => {
    expect(chunksOf([1, 1, 1, 5, 2, 2, 9, 1], { count: 2, bytes: 6, sizeOf })).toEqual([
      [1, 1],
      [1, 5],
      [2, 2],
      [9],
      [1],
    ]);
    expect(chunksOf([], { count: 2, bytes: 6, sizeOf })).toEqual([]);
  });

  it('hold all items in order, and no more than they may unless one item does', () => {
    const items = fc.array(fc.integer({ min: 1, max: 20 }));
    fc.assert(
      fc.property(items, fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 30 }), (given, count, bytes) => {
        const chunks = chunksOf(given, { count, bytes, sizeOf });
        expect(chunks.flat()).toEqual(given);
        for (const chunk of chunks) {
          expect(chunk.length).toBeLessThanOrEqual(count);
          expect(chunk.length === 1 || chunk.reduce((sum, size) => sum + size, 0) <= bytes).toBe(true);
        }
      }),
    );
  });
});
