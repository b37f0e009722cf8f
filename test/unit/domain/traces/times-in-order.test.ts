import { expect, test } from 'vitest';
import { timesInOrder } from '../../../../shared/domain/traces/times-in-order.ts';

test('times that fall stay as they are, in whatever zone they are written', () => {
  const times = ['2026-01-03T00:00:00Z', '2026-01-03T01:00:00+02:00', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z'];
  expect(timesInOrder(times)).toEqual(times);
  expect(timesInOrder([])).toEqual([]);
});

test('a time that cannot be at its place counts as that of the trace before it', () => {
  expect(
    timesInOrder([
      '2026-01-03T00:00:00Z',
      '2027-01-01T00:00:00Z',
      '1970-01-01T00:00:00Z',
      '2026-01-03T00:00:00.001Z',
      '2026-01-02T00:00:00Z',
    ]),
  ).toEqual([...Array<string>(4).fill('2026-01-03T00:00:00Z'), '2026-01-02T00:00:00Z']);
});

test('a time of before the year 2000 says nothing of those after it', () => {
  expect(timesInOrder(['1970-01-01T00:00:00Z', '2026-01-03T00:00:00Z'])).toEqual([
    '1970-01-01T00:00:00Z',
    '2026-01-03T00:00:00Z',
  ]);
  expect(timesInOrder(['2000-01-01T00:00:00Z', '1999-12-31T00:00:00Z'])).toEqual(
    Array<string>(2).fill('2000-01-01T00:00:00Z'),
  );
});
