import { beforeEach, describe, expect, test } from 'vitest';
import type { OwnerState } from '../../../../shared/domain/models/control.ts';
import type { Run } from '../../../../shared/domain/models/run.ts';
import { keepLease } from '../../../../shared/loop/engine/keep-lease.ts';
import { acquireLease, giveLeaseBack } from '../../../../shared/operations/lease.ts';
import type { Ports } from '../../../../shared/ports/ports.ts';
import { sampleModel, sampleRun } from '../../../helpers/lineage-samples.ts';
import { type MemoryPorts, memoryPorts } from '../../../helpers/memory-ports.ts';
import { rejection } from '../../../helpers/rejection.ts';

const minute = 60_000;
const run = { runId: 'r1', modelId: 'm1', seed: 1 };
const other = { ...run, runId: 'r2' };
let ports: MemoryPorts;

beforeEach(async () => {
  ports = memoryPorts();
  await ports.lineage.createModel(sampleModel({ settings: { ...sampleModel().settings, leaseMinutes: 40 } }));
});

async function headOf(minutes = 5) {
  return { run, lease: await acquireLease(run, 'a', minutes, ports), iteration: 0, item: 'all' };
}

const record = (status: Run['status']) => ports.lineage.putRun(sampleRun({ ...run, status }));
const expiry = async () => ((await ports.lineage.getControl('m1'))?.lease?.expiresAt ?? 0) - ports.clock.now();
const owned = (stateOf: () => Promise<OwnerState>): Ports => ({ ...ports, owners: { stateOf } });
const unasked = () => owned(() => expect.unreachable('it was asked whether the owner runs'));

describe('a lease', () => {
  test('is renewed for as long as the model says', async () => {
    await keepLease(await headOf(), ports, async () => 'done');
    expect(await expiry()).toBe(40 * minute);
  });

  test('is renewed for a quarter of an hour where the model is not on record', async () => {
    const head = await headOf();
    ports.lineage.getModel = async () => undefined;
    await keepLease(head, ports, async () => 'done');
    expect(await expiry()).toBe(15 * minute);
  });

  test('that is held is worked under, whatever the record of the run says', async () => {
    const head = await headOf();
    await record('failed');
    expect(await keepLease(head, unasked(), async () => 'done')).toBe('done');
  });
});

describe('a lease that was given back', () => {
  test.each(['running', 'finished'] as const)('is lost to a run that is %s', async (status) => {
    const head = await headOf();
    await record(status);
    await giveLeaseBack(run, 'a', ports);
    expect((await rejection(keepLease(head, unasked(), async () => 'done'))).name).toBe('LeaseLost');
  });

  test('is lost to a run that is not on record', async () => {
    const head = await headOf();
    await giveLeaseBack(run, 'a', ports);
    expect((await rejection(keepLease(head, unasked(), async () => 'done'))).name).toBe('LeaseLost');
  });

  test('is lost to a failed run once another has had it, whether that has it still or not', async () => {
    const head = await headOf();
    await record('failed');
    await giveLeaseBack(run, 'a', ports);
    await acquireLease(other, 'b', 15, ports);
    expect((await rejection(keepLease(head, unasked(), async () => 'done'))).name).toBe('LeaseLost');
    await giveLeaseBack(other, 'b', ports);
    expect((await rejection(keepLease(head, unasked(), async () => 'done'))).name).toBe('LeaseLost');
  });

  test('is lost to a failed run where another takes it meanwhile, and the record stays as it ended', async () => {
    const head = await headOf();
    await record('failed');
    await giveLeaseBack(run, 'a', ports);
    const overtaken = owned(async () => {
      await acquireLease(other, 'b', 15, ports);
      return 'running';
    });
    expect((await rejection(keepLease(head, overtaken, async () => 'done'))).name).toBe('LeaseLost');
    expect((await ports.lineage.getRun('r1'))?.status).toBe('failed');
    expect((await ports.lineage.getControl('m1'))?.lease?.owner).toBe('b');
  });

  test('is not taken up for an owner that has ended, or of which nobody knows, which the fault says', async () => {
    const head = await headOf();
    await record('failed');
    await giveLeaseBack(run, 'a', ports);
    const before = await ports.lineage.getControl('m1');
    const ended = await rejection(
      keepLease(
        head,
        owned(async () => 'gone'),
        async () => 'done',
      ),
    );
    expect(ended.name).toBe('LeaseLost');
    expect(ended.message).toBe('a has ended, so no stage of it works on run r1 any more.');
    const doubted = await rejection(keepLease(head, ports, async () => 'done'));
    expect(doubted.name).toBe('StorageFailure');
    expect(doubted.message).toBe('Run r1 has ended, and whether a goes on with it cannot be told.');
    expect(doubted.mend).toContain('start the run again');
    // Not even for a moment, in which another run would be refused.
    expect(await ports.lineage.getControl('m1')).toEqual(before);
  });
});
