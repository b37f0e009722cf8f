import { describe, expect, test } from 'vitest';
import {
  type Control,
  championMovedSince,
  firstControl,
  holdsLease,
  moveChampion,
  renewLease,
  takeLease,
} from '../../../../shared/domain/models/control.ts';

const request = { runId: 'run-1', owner: 'a', now: 1_000, minutes: 15 };
const taken = takeLease(firstControl('m'), request);
const held: Control = taken.granted ? taken.next : firstControl('m');

describe('a lease', () => {
  test('that is free is granted with a new token, for the minutes asked', () => {
    expect(held).toEqual({
      ...firstControl('m'),
      version: 1,
      lease: { runId: 'run-1', owner: 'a', expiresAt: 901_000 },
      fencingToken: 1,
    });
  });

  test('of another is refused while it lives, where nobody can tell whether its owner is dead', () => {
    for (const other of [
      { runId: 'run-2', owner: 'a' },
      { runId: 'run-1', owner: 'b' },
    ]) {
      expect(takeLease(held, { ...request, ...other })).toEqual({ granted: false, holder: held.lease });
      expect(takeLease(held, { ...request, ...other, stateOf: () => 'running' })).toMatchObject({ granted: false });
      expect(takeLease(held, { ...request, ...other, now: 901_000 })).toMatchObject({
        granted: true,
        next: { version: 2, lease: other, fencingToken: 2 },
      });
      expect(takeLease(held, { ...request, ...other, now: 901_000, stateOf: () => 'running' })).toEqual({
        granted: false,
        holder: held.lease,
      });
    }
  });

  test('is held by its run under its token alone', () => {
    expect(holdsLease(held, 'run-1', 1)).toBe(true);
    expect(holdsLease(held, 'run-2', 1)).toBe(false);
    expect(holdsLease(held, 'run-1', 2)).toBe(false);
    expect(holdsLease({ ...held, lease: null }, 'run-1', 1)).toBe(false);
  });

  test('is prolonged from now by a new version, unless it was lost', () => {
    expect(renewLease(held, 'run-1', 1, 5_000, 1)).toEqual({
      ...held,
      version: 2,
      lease: { runId: 'run-1', owner: 'a', expiresAt: 65_000 },
    });
    expect(renewLease(held, 'run-1', 0, 5_000, 1)).toBeNull();
    expect(renewLease(held, 'run-2', 1, 5_000, 1)).toBeNull();
    expect(renewLease({ ...held, lease: null }, 'run-1', 1, 5_000, 1)).toBeNull();
  });
});

describe('championMovedSince', () => {
  const at = (time: string, by: string): Control =>
    moveChampion(held, { at: time, to: 'c2', kind: 'promote', by, reason: '' });
  const run = { runId: 'run-1', startedAt: '2026-01-02T00:00:00Z' };

  test('is about moves by others after the run began', () => {
    expect(championMovedSince(held, run)).toBe(false);
    expect(championMovedSince(at('2026-01-02T00:00:01Z', 'ana'), run)).toBe(true);
    expect(championMovedSince(at('2026-01-02T00:00:01Z', 'run-1'), run)).toBe(false);
    expect(championMovedSince(at('2026-01-01T23:59:59Z', 'ana'), run)).toBe(false);
    expect(championMovedSince(at('2026-01-02T00:30:00+01:00', 'ana'), run)).toBe(false);
  });
});
