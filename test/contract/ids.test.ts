import { expect, test } from 'vitest';
import { SystemIds } from '../../shared/adapters/local/system-ids.ts';
import { CountingIds } from '../helpers/counting-ids.ts';
import { FixedClock } from '../helpers/fixed-clock.ts';
import { idsContract } from './ids-contract.ts';

idsContract('times and chance', () => {
  const clock = new FixedClock();
  return { ids: new SystemIds(clock), clock };
});

idsContract('the counting fake', () => ({ ids: new CountingIds(), clock: new FixedClock() }));

test('ids of time and chance show the UTC second, and differ between makers', () => {
  const clock = new FixedClock('2026-11-22T13:15:00.042Z');
  const made = Array.from({ length: 20 }, () => new SystemIds(clock).next('run'));
  for (const id of made) expect(id).toMatch(/^run-20261122T131500-16[0-9a-z]{4}$/);
  expect(new Set(made).size).toBeGreaterThan(15);
});
