import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import type { Random } from '../../shared/ports/random.ts';

/** What every source of random streams does. */
export function randomContract(name: string, create: () => Random): void {
  const draw = (seed: number, stream: string) => {
    const random = create().stream(seed, stream);
    return Array.from({ length: 20 }, () => random.next());
  };

  describe(`${name} as random streams`, () => {
    test('the same seed and name give the same stream, another seed or name gives another', () => {
      expect(draw(1, 'split')).toEqual(draw(1, 'split'));
      const streams = [
        draw(1, 'split'),
        draw(2, 'split'),
        draw(1, 'probe'),
        draw(-1, 'split'),
        draw(11, ''),
        draw(1, '1'),
      ];
      expect(new Set(streams.map((values) => values.join())).size).toBe(streams.length);
    });

    test('a stream does not depend on what other streams have given', () => {
      const random = create();
      const alone = random.stream(1, 'a');
      const expected = [alone.next(), alone.next()];
      const first = random.stream(1, 'a');
      const other = random.stream(1, 'b');
      const got = [first.next(), other.next() * 0 + first.next()];
      expect(got).toEqual(expected);
    });

    test('numbers lie in [0, 1) and are spread evenly', () => {
      const random = create().stream(7, 'spread');
      const tenths = Array.from({ length: 10 }, () => 0);
      for (let draws = 0; draws < 20_000; draws += 1) {
        const value = random.next();
        expect(value >= 0 && value < 1).toBe(true);
        tenths[Math.floor(value * 10)] = (tenths[Math.floor(value * 10)] ?? 0) + 1;
      }
      for (const count of tenths) expect(Math.abs(count - 2_000)).toBeLessThan(250);
    });

    test('whole numbers lie below their bound, whatever it is, and reach both ends of a small one', () => {
      fc.assert(
        fc.property(fc.integer(), fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (seed, bound) => {
          const value = create().stream(seed, 'below').below(bound);
          expect(Number.isSafeInteger(value) && value >= 0 && value < bound).toBe(true);
        }),
      );
      const dice = create().stream(3, 'dice');
      expect(new Set(Array.from({ length: 200 }, () => dice.below(6)))).toEqual(new Set([0, 1, 2, 3, 4, 5]));
    });

    test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('there is no whole number below %d', (bound) => {
      expect(() => create().stream(1, 'x').below(bound)).toThrow(RatchetError);
    });

    test('a shuffle is a new array of the same items', () => {
      fc.assert(
        fc.property(fc.array(fc.option(fc.integer(), { nil: undefined })), fc.integer(), (items, seed) => {
          const before = [...items];
          const shuffled = create().stream(seed, 'shuffle').shuffle(items);
          expect(items).toEqual(before);
          expect(shuffled).not.toBe(items);
          expect(shuffled.length).toBe(items.length);
          expect(shuffled.toSorted()).toEqual(items.toSorted());
        }),
      );
    });

    test('a shuffle gives each order about as often', () => {
      const random = create().stream(5, 'orders');
      const counts = new Map<string, number>();
      for (let round = 0; round < 6_000; round += 1) {
        const order = random.shuffle(['a', 'b', 'c']).join('');
        counts.set(order, (counts.get(order) ?? 0) + 1);
      }
      expect(counts.size).toBe(6);
      for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(150);
    });
  });
}
