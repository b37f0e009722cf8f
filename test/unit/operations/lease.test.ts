import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { SqliteLineageStore } from '../../../shared/adapters/local/sqlite-lineage-store.ts';
import { RatchetError } from '../../../shared/domain/base/errors.ts';
import { leaseIsLive, moveChampion, type OwnerState } from '../../../shared/domain/models/control.ts';
import { keepLease } from '../../../shared/loop/engine/keep-lease.ts';
import { stateHandler } from '../../../shared/loop/engine/run-state.ts';
import { type LongStage, Unfinished } from '../../../shared/loop/engine/stage.ts';
import { type StageHead, stageHead } from '../../../shared/loop/state/stage-head.ts';
import { longestWaitSeconds, workSchema } from '../../../shared/loop/state/work.ts';
import { updateControl } from '../../../shared/operations/control-item.ts';
import { endRun } from '../../../shared/operations/end-run.ts';
import { acquireLease, giveLeaseBack } from '../../../shared/operations/lease.ts';
import type { Ports } from '../../../shared/ports/ports.ts';
import { sampleModel, sampleRun } from '../../helpers/lineage-samples.ts';
import { type MemoryPorts, memoryPorts } from '../../helpers/memory-ports.ts';
import { rejection } from '../../helpers/rejection.ts';

const minute = 60_000;
const minutes = 15;
const run = { runId: 'r1', modelId: 'm1', seed: 1 };
let ports: MemoryPorts;
let notes: string[];

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  notes = [];
  ports = { ...memoryPorts(), observer: { progress: () => undefined, note: (text) => notes.push(text) } };
  await ports.lineage.createModel(sampleModel());
});
afterEach(() => {
  vi.useRealTimers();
});

async function headOf(owner: string, runId = 'r1', item = 'all'): Promise<StageHead> {
  const lease = await acquireLease({ ...run, runId }, owner, minutes, ports);
  return { run: { ...run, runId }, lease, iteration: 0, item };
}

/** Time for the clock and for the timers. */
async function pass(milliseconds: number): Promise<void> {
  ports.clock.advance(milliseconds);
  await vi.advanceTimersByTimeAsync(milliseconds);
}

async function lease() {
  return (await ports.lineage.getControl('m1'))?.lease ?? null;
}

describe('keepLease', () => {
  test('keeps the lease through work that takes much longer than it lives', async () => {
    const work = Promise.withResolvers<string>();
    const kept = keepLease(await headOf('a'), ports, () => work.promise);
    for (let passed = 0; passed < 120; passed += 5) {
      await pass(5 * minute);
      const held = await lease();
      expect(held !== null && leaseIsLive(held, ports.clock.now() + 9 * minute)).toBe(true);
      expect((await rejection(acquireLease({ ...run, runId: 'r2' }, 'b', minutes, ports))).name).toBe('LeaseHeld');
    }
    work.resolve('done');
    expect(await kept).toBe('done');
    expect(vi.getTimerCount()).toBe(0);
  });

  test('is given anew where it was given while the clock stood ahead, so that it keeps others out again', async () => {
    const year = 365 * 24 * 60 * minute;
    ports.clock.advance(year);
    const head = await headOf('a');
    ports.clock.advance(-year);
    await keepLease(head, ports, async () => 'done');
    expect(await lease()).toMatchObject({ owner: 'a', expiresAt: ports.clock.now() + minutes * minute });
    expect((await rejection(acquireLease({ ...run, runId: 'r2' }, 'b', minutes, ports))).name).toBe('LeaseHeld');
  });

  test('ends as soon as the lease is known to be lost, though the work never ends', async () => {
    const kept = rejection(keepLease(await headOf('a'), ports, () => new Promise(() => undefined)));
    await pass(0);
    ports.clock.advance(minutes * minute);
    await headOf('b', 'r2');
    await pass(5 * minute);
    expect((await kept).name).toBe('LeaseLost');
    expect(vi.getTimerCount()).toBe(0);
    expect((await lease())?.owner).toBe('b');
  });

  test('does not begin work without the lease', async () => {
    const head = await headOf('a');
    ports.clock.advance(minutes * minute);
    await headOf('b');
    const work = vi.fn(async () => undefined);
    expect((await rejection(keepLease(head, ports, work))).name).toBe('LeaseLost');
    expect(work).not.toHaveBeenCalled();
  });

  test('is taken up again by an execution that is redriven, and never by one that was stopped', async () => {
    const head = await headOf('a');
    await ports.lineage.putRun(sampleRun({ ...run, status: 'running' }));
    await endRun({ run, owner: 'a', status: 'ABORTED' }, ports);
    expect(await lease()).toBeNull();
    const stopped: Ports = { ...ports, owners: { stateOf: async () => 'gone' } };
    expect(await rejection(keepLease(head, stopped, async () => 'done'))).toMatchObject({ name: 'LeaseLost' });
    expect([await lease(), (await ports.lineage.getRun('r1'))?.status]).toEqual([null, 'failed']);

    const redriven: Ports = { ...ports, owners: { stateOf: async () => 'running' } };
    expect(await keepLease(head, redriven, async () => 'done')).toBe('done');
    expect([(await lease())?.owner, (await ports.lineage.getRun('r1'))?.status]).toEqual(['a', 'running']);
  });

  test('is not taken up again by an owner that is not known to run: a process whose other stages go on past its end', async () => {
    const head = await headOf('a');
    await ports.lineage.putRun(sampleRun({ ...run, status: 'running' }));
    await endRun({ run, owner: 'a', status: 'FAILED', error: 'TrainingFailed' }, ports);
    const failed = await ports.lineage.getRun('r1');
    const work = vi.fn(async () => 'done');
    expect(await rejection(keepLease(head, ports, work))).toMatchObject({ name: 'StorageFailure', retryable: true });
    expect([await lease(), await ports.lineage.getRun('r1'), work.mock.calls.length]).toEqual([null, failed, 0]);
  });

  test('is given up again, and its run left as it ended, by one that is stopped while it takes it up', async () => {
    const head = await headOf('a');
    await ports.lineage.putRun(sampleRun({ ...run, status: 'running' }));
    await endRun({ run, owner: 'a', status: 'FAILED', error: 'TrainingFailed' }, ports);
    const failed = await ports.lineage.getRun('r1');
    const states: OwnerState[] = ['running', 'gone'];
    const stopping: Ports = { ...ports, owners: { stateOf: async () => states.shift() ?? 'gone' } };
    const work = vi.fn(async () => 'done');
    expect(await rejection(keepLease(head, stopping, work))).toMatchObject({
      name: 'LeaseLost',
      message: expect.stringContaining('a has ended'),
    });
    expect([await lease(), await ports.lineage.getRun('r1'), work.mock.calls.length]).toEqual([null, failed, 0]);
  });

  test('ends well when the lease expired and nobody took it', async () => {
    const work = Promise.withResolvers<string>();
    const head = await headOf('a');
    const kept = keepLease(head, ports, () => work.promise);
    await pass(0);
    // The process was stopped: its timers stood still.
    ports.clock.advance(60 * minute);
    work.resolve('done');
    expect(await kept).toBe('done');
    expect(await keepLease(head, ports, async () => 'next')).toBe('next');
    const held = await lease();
    expect(held !== null && leaseIsLive(held, ports.clock.now())).toBe(true);
  });

  test('goes on when a renewal fails for another reason, says so, and renews the next time', async () => {
    const work = Promise.withResolvers<string>();
    const kept = keepLease(await headOf('a'), ports, () => work.promise);
    await pass(0);
    const failing = vi
      .spyOn(ports.lineage, 'compareAndSetControl')
      .mockRejectedValueOnce(new RatchetError('StorageFailure', 'Cannot write lineage.sqlite: ENOSPC.'));
    await pass(5 * minute);
    expect(notes).toEqual([expect.stringContaining('ENOSPC')]);
    await pass(5 * minute);
    expect(failing).toHaveBeenCalledTimes(2);
    expect((await lease())?.expiresAt).toBe(ports.clock.now() + minutes * minute);
    work.resolve('done');
    expect(await kept).toBe('done');
  });

  test('renews once for ten items that work side by side', async () => {
    const heads = await Promise.all(Array.from({ length: 10 }, (_, item) => headOf('a', 'r1', `item-${item}`)));
    const work = Promise.withResolvers<string>();
    const kept = heads.map((head) => keepLease(head, ports, () => work.promise));
    await pass(0);
    const writes = vi.spyOn(ports.lineage, 'compareAndSetControl');
    await pass(5 * minute);
    const answers = await Promise.all(writes.mock.results.map((result) => result.value as Promise<boolean>));
    expect(answers.filter(Boolean)).toHaveLength(1);
    work.resolve('done');
    expect(await Promise.all(kept)).toEqual(Array(10).fill('done'));
  });
});

describe('the lease of a long stage that is asked every five minutes', () => {
  const stage: LongStage<StageHead, { calls: number }> = {
    name: 'wait',
    long: true,
    input: z.strictObject(stageHead),
    output: z.strictObject({ calls: z.int() }),
    async run(_input, { handle }) {
      const calls = Number(handle ?? 0) + 1;
      if (calls > 200) return { calls };
      return new Unfinished({ status: 'working', handle: calls, done: calls, total: 200, waitSeconds: 300 });
    },
  };

  test('is never lost in the waits between the calls, though nobody can tell whether its owner runs', async () => {
    const head = await headOf('a');
    let { working, output } = await stateHandler(stage)(head, ports, 0);
    while (working !== null) {
      expect(working.waitSeconds).toBeLessThanOrEqual(longestWaitSeconds);
      await pass(working.waitSeconds * 1_000 - 1);
      expect((await rejection(acquireLease({ ...run, runId: 'r2' }, 'b', minutes, ports))).name).toBe('LeaseHeld');
      await pass(1);
      ({ working, output } = await stateHandler(stage)({ ...head, work: workSchema.parse(output) }, ports, 0));
    }
    expect(output).toMatchObject({ status: 'done', result: { calls: 201 } });
  });
});

describe('a lease that has expired', () => {
  test('is refused to others while its owner still runs, with what to do, and granted once that has ended', async () => {
    await headOf('a');
    ports.clock.advance(60 * minute);
    const other = { ...run, runId: 'r2' };
    const running = { ...ports, owners: { stateOf: async () => 'running' as const } };
    const refused = await rejection(acquireLease(other, 'b', minutes, running));
    expect(refused).toMatchObject({ name: 'LeaseHeld', mend: expect.stringContaining('end it yourself') });
    expect(refused.message).toMatch(/its lease expired at .*, but a still runs/);
    expect((await acquireLease(run, 'a', minutes, running)).fencingToken).toBe(1);
    ports.clock.advance(60 * minute);
    const gone = { ...ports, owners: { stateOf: async () => 'gone' as const } };
    expect((await acquireLease(other, 'b', minutes, gone)).fencingToken).toBe(2);
  });

  test('under a clock that stood ahead is not told as expired at a time to come', async () => {
    await headOf('a');
    ports.clock.advance(-365 * 24 * 60 * minute);
    const running = { ...ports, owners: { stateOf: async () => 'running' as const } };
    const refused = await rejection(acquireLease({ ...run, runId: 'r2' }, 'b', minutes, running));
    expect(refused.message).toMatch(/its lease was given until .* by a clock that stood ahead, but a still runs/);
  });

  test('is granted where nobody can tell', async () => {
    await headOf('a');
    ports.clock.advance(60 * minute);
    expect((await headOf('b', 'r2')).lease.fencingToken).toBe(2);
  });
});

describe('a process that was stopped past its lease, while another took its run over', () => {
  test('neither gives the other’s lease back nor ends the run’s record', async () => {
    await ports.lineage.putRun(sampleRun());
    await headOf('stopped');
    ports.clock.advance(minutes * minute);
    const { fencingToken } = (await headOf('other')).lease;
    await giveLeaseBack(run, 'stopped', ports);
    await endRun({ run, owner: 'stopped', status: 'FAILED', error: 'LeaseLost', cause: 'gone' }, ports);
    expect(await ports.lineage.getControl('m1')).toMatchObject({ fencingToken, lease: { owner: 'other' } });
    expect(await ports.lineage.getRun('r1')).toMatchObject({ status: 'running', failure: null });
  });

  test('ends its own record when the other works on another run', async () => {
    await ports.lineage.putRun(sampleRun());
    await headOf('stopped');
    ports.clock.advance(minutes * minute);
    await headOf('other', 'r2');
    const cause = JSON.stringify({ errorMessage: 'lost it', mend: 'start again' });
    await endRun({ run, owner: 'stopped', status: 'FAILED', error: 'LeaseLost', cause }, ports);
    expect(await ports.lineage.getRun('r1')).toMatchObject({
      status: 'failed',
      failure: { name: 'LeaseLost', cause: 'lost it', mend: 'start again' },
    });
    expect((await lease())?.owner).toBe('other');
  });
});

describe('the control item in SQLite', () => {
  test('takes concurrent changes one after another, from two connections at once', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'ratchet-control-'));
    const stores = [0, 1].map(() => new SqliteLineageStore(join(directory, 'lineage.sqlite')));
    try {
      const [first] = stores;
      await first?.createModel(sampleModel());
      const workers = stores.flatMap((lineage) => Array.from({ length: 8 }, (): Ports => ({ ...ports, lineage })));
      const granted = await Promise.allSettled(
        workers.map((own, index) => acquireLease({ ...run, runId: `r${index}` }, `owner-${index}`, minutes, own)),
      );
      expect(granted.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
      const moves = await Promise.all(
        workers.map((own, index) =>
          updateControl('m1', own, (control) =>
            moveChampion(control, { at: '', to: `c${index}`, kind: 'promote', by: '', reason: '' }),
          ),
        ),
      );
      const control = await first?.getControl('m1');
      expect(control?.moves).toHaveLength(workers.length);
      expect(control?.version).toBe(workers.length + 1);
      expect(new Set(moves.map((move) => move.version)).size).toBe(workers.length);
      for (const [index, move] of (control?.moves ?? []).entries()) {
        expect(move.from).toBe(control?.moves[index - 1]?.to ?? null);
      }
    } finally {
      for (const store of stores) store.close();
      await rm(directory, { recursive: true });
    }
  });
});
