import { describe, expect, test } from 'vitest';
import { type FaultKind, Faults, faultKinds } from '../../../../bench/chaos/faults.ts';
import { rejection } from '../../../helpers/rejection.ts';

/** Calls that count how often they reach the world, all of which are struck by the kind. */
function struck(kind: FaultKind, seed = 1) {
  const faults = new Faults({ seed, rate: 1, kinds: new Set([kind]) });
  let times = 0;
  const ask = (what = 'a') =>
    faults.around({
      port: 'objects',
      method: 'put',
      what,
      can: ['lost-answer', 'twice', 'at-once', 'stale', 'torn'],
      work: async () => {
        times += 1;
        return times;
      },
    });
  return { faults, ask, times: () => times };
}

describe('a call that is struck', () => {
  test.each([
    ['throttle', 0],
    ['torn', 0],
    ['lost-answer', 1],
  ] as const)(
    'by %s fails with a fault that may be tried again, and reached the world %i times',
    async (kind, times) => {
      const call = struck(kind);
      expect(await rejection(call.ask())).toMatchObject({ name: 'StorageFailure', retryable: true });
      expect(call.times()).toBe(times);
    },
  );

  test.each([
    ['twice', 2, 2],
    ['at-once', 1, 2],
    ['late', 1, 1],
    ['clock', 1, 1],
  ] as const)('by %s gives answer %i, and reached the world %i times', async (kind, answer, times) => {
    const call = struck(kind);
    expect(await call.ask()).toBe(answer);
    expect(call.times()).toBe(times);
  });

  test('by a stale read gives what was read before', async () => {
    const call = struck('stale');
    expect([await call.ask(), await call.ask(), await call.ask('b')]).toEqual([1, 1, 2]);
  });

  test('by a clock sees another time, and none without', () => {
    const still = new Faults({ seed: 1, rate: 0, kinds: new Set(faultKinds) });
    expect(still.now(5)).toBe(5);
  });
});

test('an outage strikes the calls after it, and ends', async () => {
  const call = struck('outage', 3);
  const ends: string[] = [];
  for (let at = 0; at < 200; at += 1)
    ends.push(
      await call.ask(`k${at}`).then(
        () => 'well',
        () => 'failed',
      ),
    );
  expect(ends).toContain('well');
  expect(ends.join(' ')).toContain('failed failed');
});

test('the same seed strikes the same calls in the same way, in whatever order they come, and another seed others', async () => {
  const names = Array.from({ length: 60 }, (_, at) => `k${at}`);
  const struckBy = async (seed: number, order: readonly string[]) => {
    const faults = new Faults({ seed, rate: 0.3, kinds: new Set<FaultKind>(['throttle', 'late', 'twice']) });
    const ask = (what: string) =>
      faults.around({ port: 'p', method: 'm', what, can: ['twice'], work: async () => what }).catch(() => '');
    for (const what of order) await ask(what);
    return faults.injected.map(({ kind, call }) => `${call} ${kind}`).sort();
  };
  const first = await struckBy(1, names);
  expect(first.length).toBeGreaterThan(8);
  expect(await struckBy(1, names.toReversed())).toEqual(first);
  expect(await struckBy(2, names)).not.toEqual(first);
});

test('nothing reaches the world once a process has ended', async () => {
  const call = struck('late');
  call.faults.end();
  expect((await rejection(call.ask())).name).toBe('ExecutionStopped');
  expect(call.times()).toBe(0);
});
