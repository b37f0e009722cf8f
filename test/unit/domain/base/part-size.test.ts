import fc from 'fast-check';
import { expect, test } from 'vitest';
import { partSize, partsOf } from '../../../../shared/domain/base/part-size.ts';

test('parts are as large as wanted, larger where there would be too many, and hold everything in its order', () => {
  fc.assert(
    fc.property(
      fc.nat(2_000),
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 1, max: 50 }),
      (total, wanted, most) => {
        const things = Array.from({ length: total }, (_, index) => index);
        const size = partSize(total, wanted, most);
        const parts = partsOf(things, size);
        expect(parts.flat()).toEqual(things);
        expect(parts.length).toBeLessThanOrEqual(most);
        expect(parts.slice(0, -1).every((part) => part.length === size)).toBe(true);
        expect(size).toBeGreaterThanOrEqual(wanted);
        if (Math.ceil(total / wanted) <= most) expect(size).toBe(wanted);
      },
    ),
  );
});

test('nothing makes no parts', () => {
  expect(partsOf([], partSize(0, 10, 100))).toEqual([]);
});

test('a million traces in shards of a thousand make a hundred shards of ten thousand', () => {
  expect(partSize(1_000_000, 1_000, 100)).toBe(10_000);
});
