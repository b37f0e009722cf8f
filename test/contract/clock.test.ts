import { describe, expect, test } from 'vitest';
import { SystemClock } from '../../shared/adapters/local/system-clock.ts';
import { FixedClock } from '../helpers/fixed-clock.ts';

describe.each([
  ['the machine', () => new SystemClock()],
  ['the fake', () => new FixedClock()],
])('the clock of %s', (_, create) => {
  test('tells milliseconds since the epoch', () => {
    const now = create().now();
    expect(Number.isSafeInteger(now)).toBe(true);
    expect(new Date(now).getUTCFullYear()).toBeGreaterThanOrEqual(2026);
  });
});

test('the fake stands still until it is moved', () => {
  const clock = new FixedClock('2026-01-01T00:00:00Z');
  clock.advance(1_500);
  expect(new Date(clock.now()).toISOString()).toBe('2026-01-01T00:00:01.500Z');
});
