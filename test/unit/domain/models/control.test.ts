import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Control,
  championMovedSince,
  firstControl,
  holdsLease,
  leaseIsLive,
  leaseKeepsOut,
  moveChampion,
  type OwnerState,
  releaseLease,
  renewLease,
  resumeLease,
  takeLease,
} from '../../../../shared/domain/models/control.ts';

const minutes = 15;

/** One who works on a run, with the token of the last lease it was granted and the item as it last read it. */
interface Worker {
  readonly owner: string;
  readonly runId: string;
  token: number | null;
  seen: Control;
}

// Two owners share a run: a process that resumes it beside the one that was stopped.
const crew = [
  { owner: 'a', runId: 'run-1' },
  { owner: 'b', runId: 'run-1' },
  { owner: 'c', runId: 'run-2' },
] as const;

const action = fc.record({
  worker: fc.nat(crew.length - 1),
  kind: fc.constantFrom('read', 'take', 'renew', 'resume', 'release', 'promote', 'rollback', 'wait'),
  minutes: fc.integer({ min: 0, max: 20 }),
  known: fc.constantFrom<OwnerState>('running', 'gone', 'unknown'),
});

interface World {
  control: Control;
  now: number;
}

/** What the worker would write, judging by what it last read; null when it may write nothing. */
function wish(worker: Worker, kind: string, world: World, known: OwnerState): Control | null {
  const { seen, token, owner, runId } = worker;
  const request = { runId, owner, now: world.now, minutes, stateOf: () => known };
  switch (kind) {
    case 'take': {
      const answer = takeLease(seen, request);
      return answer.granted ? answer.next : null;
    }
    case 'renew':
      return token === null ? null : renewLease(seen, runId, token, world.now, minutes);
    case 'resume':
      return token === null ? null : resumeLease(seen, { runId, owner, fencingToken: token, now: world.now, minutes });
    case 'release':
      return releaseLease(seen, runId, owner);
    case 'promote': {
      const move = { at: '', to: `${owner}-${seen.version}`, kind: 'promote' as const, by: owner, reason: '' };
      return token !== null && holdsLease(seen, runId, token) ? moveChampion(seen, move) : null;
    }
    case 'rollback': {
      if (seen.lease !== null && leaseKeepsOut(seen.lease, world.now, known)) return null;
      const move = { at: '', to: 'former', kind: 'rollback' as const, by: 'ana', reason: '' };
      return { ...moveChampion(seen, move), lease: null, fencingToken: seen.fencingToken + 1 };
    }
    default:
      return null;
  }
}

const holders = (workers: readonly Worker[], { control }: World) =>
  workers.filter(({ token, runId }) => token !== null && holdsLease(control, runId, token));

describe('the control item, whatever several owners do to it in whatever order', () => {
  test('has one holder at most, a token that only rises, and a champion that only its holder promotes', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        const world: World = { control: firstControl('m'), now: 0 };
        const workers = crew.map((member): Worker => ({ ...member, token: null, seen: world.control }));
        const lost = new Set<string>();
        for (const { worker: index, kind, minutes: passed, known } of actions) {
          const worker = workers[index];
          if (worker === undefined) continue;
          if (kind === 'wait') world.now += passed * 60_000;
          if (kind === 'read') worker.seen = world.control;
          const before = world.control;
          const holdersBefore = holders(workers, world);
          const next = wish(worker, kind, world, known);
          if (next === null || worker.seen.version !== before.version) continue;

          // The compare-and-set of a lineage store.
          expect(next.version).toBe(before.version + 1);
          world.control = next;
          if (kind === 'take') {
            worker.token = next.fencingToken;
            lost.delete(worker.owner);
          }
          expect(next.fencingToken).toBeGreaterThanOrEqual(before.fencingToken);
          if (kind === 'resume') {
            expect(before).toMatchObject({ lease: null, fencingToken: worker.token });
            lost.delete(worker.owner);
          } else if (next.lease !== null && next.lease.owner !== before.lease?.owner) {
            expect(next.fencingToken).toBeGreaterThan(before.fencingToken);
          }
          const holdersNow = holders(workers, world);
          expect(holdersNow.length).toBeLessThanOrEqual(1);
          if (kind === 'promote') {
            expect(holdersBefore).toEqual([worker]);
            expect(lost.has(worker.owner)).toBe(false);
          } else if (kind !== 'rollback') expect(next.championId).toBe(before.championId);
          if (kind === 'release') expect(before.lease?.owner).toBe(worker.owner);
          for (const former of holdersBefore) if (!holdersNow.includes(former)) lost.add(former.owner);
          for (const former of workers) {
            if (lost.has(former.owner)) expect(holdersNow).not.toContain(former);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  test('keeps a lease from everybody but its own owner: a live one unless that is gone, an expired one while that runs', () => {
    fc.assert(
      fc.property(
        fc.nat(30),
        fc.boolean(),
        fc.constantFrom<OwnerState>('running', 'gone', 'unknown'),
        (waited, sameRun, state) => {
          const first = takeLease(firstControl('m'), { runId: 'run-1', owner: 'a', now: 0, minutes });
          if (!first.granted) throw new Error('a free lease was refused');
          const runId = sameRun ? 'run-1' : 'run-2';
          const now = waited * 60_000;
          const answer = takeLease(first.next, { runId, owner: 'b', now, minutes, stateOf: () => state });
          expect(answer.granted).toBe(waited < minutes ? state === 'gone' : state !== 'running');
          const own = takeLease(first.next, { runId: 'run-1', owner: 'a', now, minutes, stateOf: () => state });
          expect(own.granted).toBe(true);
        },
      ),
    );
  });
});

describe('leases', () => {
  const taken = takeLease(firstControl('m'), { runId: 'run-1', owner: 'a', now: 0, minutes });
  const held = taken.granted ? taken.next : firstControl('m');

  test('keep their token when their owner takes them again', () => {
    const again = takeLease(held, { runId: 'run-1', owner: 'a', now: 60_000, minutes });
    expect(again).toMatchObject({ granted: true, next: { fencingToken: held.fencingToken } });
  });

  test('are still their holder’s own when they have expired and nobody took them', () => {
    expect(held.lease !== null && leaseIsLive(held.lease, minutes * 60_000)).toBe(false);
    expect(holdsLease(held, 'run-1', held.fencingToken)).toBe(true);
    expect(renewLease(held, 'run-1', held.fencingToken, 3_600_000, minutes)?.lease?.expiresAt).toBe(
      3_600_000 + minutes * 60_000,
    );
  });

  test('are given back only by the owner that holds them, not by another one of the same run', () => {
    expect(releaseLease(held, 'run-1', 'b')).toBeNull();
    expect(releaseLease(held, 'run-2', 'a')).toBeNull();
    expect(releaseLease(held, 'run-1', 'a')?.lease).toBeNull();
  });

  test('are taken up again by the run that had them last, while nobody has had them since', () => {
    const last = { runId: 'run-1', owner: 'a', fencingToken: held.fencingToken, now: 60_000, minutes };
    const free = releaseLease(held, 'run-1', 'a') ?? held;
    expect(resumeLease(held, last)).toBeNull();
    expect(resumeLease(free, last)).toEqual({
      ...free,
      version: free.version + 1,
      lease: { runId: 'run-1', owner: 'a', expiresAt: 60_000 + minutes * 60_000 },
    });
    expect(resumeLease({ ...free, fencingToken: free.fencingToken + 1 }, last)).toBeNull();
    expect(renewLease(free, 'run-1', held.fencingToken, 0, minutes)).toBeNull();
  });
});

describe('championMovedSince', () => {
  const run = { runId: 'run-1', startedAt: '2026-01-02T00:00:00.000Z' };
  const after = (by: string, at: string) =>
    moveChampion(firstControl('m'), { at, to: 'c', kind: 'promote', by, reason: '' });

  test('is true of another’s move after the run began, and of no other', () => {
    expect(championMovedSince(after('ana', '2026-01-02T01:00:00+00:30'), run)).toBe(true);
    expect(championMovedSince(after('ana', '2026-01-01T23:59:59.999Z'), run)).toBe(false);
    expect(championMovedSince(after('run-1', '2026-01-03T00:00:00.000Z'), run)).toBe(false);
    expect(championMovedSince(after('ana', run.startedAt), run)).toBe(false);
    expect(championMovedSince(firstControl('m'), run)).toBe(false);
  });
});
