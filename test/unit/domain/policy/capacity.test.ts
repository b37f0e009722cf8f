import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Effort, howManyFit, type Room } from '../../../../shared/domain/policy/capacity.ts';

const effort: Effort = {
  seconds: { always: 10, thousandTraces: 4, millionCharacters: 20 },
  mebibytes: { always: 500, thousandTraces: 10, millionCharacters: 0 },
};
const room: Room = { processors: 1, seconds: 200, mebibytes: 4_000 };
const texts = (count: number, length: number): readonly number[] => Array.from({ length: count }, () => length);

describe('how many traces fit', () => {
  test('is what half of the seconds of all processors are enough for', () => {
    // 10 s, and of 4 s a thousand empty texts: 22,500 take all of 100 s.
    expect(howManyFit(texts(30_000, 0), effort, room)).toBe(22_500);
    expect(howManyFit(texts(30_000, 0), effort, { ...room, processors: 0.5 })).toBe(10_000);
    expect(howManyFit(texts(20_000, 0), effort, room)).toBe(20_000);
  });

  test('is fewer of long texts, of which no more counts than models look at', () => {
    // A thousand of 1,000 characters take 24 s.
    expect(howManyFit(texts(30_000, 1_000), effort, room)).toBe(3_750);
    expect(howManyFit(texts(30_000, 100_000), effort, room)).toBe(howManyFit(texts(30_000, 4_000), effort, room));
    expect(howManyFit([...texts(3_750, 1_000), ...texts(10, 0)], effort, room)).toBe(3_750);
  });

  test('is what the memory holds, where that is less', () => {
    // 60 % of 1,000 MiB but 500 are 100, at 10 a thousand.
    expect(howManyFit(texts(40_000, 0), effort, { ...room, seconds: 10_000, mebibytes: 1_000 })).toBe(10_000);
  });

  test('is never fewer with more room, nor with a shorter text in place of one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(8_000), { maxLength: 200 }),
        fc.nat(199),
        fc.double({ min: 12, max: 60, noNaN: true }),
        (lengths, at, seconds) => {
          const small = { ...room, seconds };
          const fit = howManyFit(lengths, effort, small);
          expect(howManyFit(lengths, effort, { ...small, seconds: seconds * 1.5 })).toBeGreaterThanOrEqual(fit);
          const shorter = lengths.map((length, index) => (index === at ? Math.floor(length / 2) : length));
          expect(howManyFit(shorter, effort, small)).toBeGreaterThanOrEqual(fit);
        },
      ),
    );
  });
});
