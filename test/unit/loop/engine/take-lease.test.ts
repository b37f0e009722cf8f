import { beforeEach, expect, test } from 'vitest';
import { type ChampionMove, moveChampion, type OwnerState } from '../../../../shared/domain/models/control.ts';
import { takeRunLease } from '../../../../shared/loop/engine/take-lease.ts';
import { updateControl } from '../../../../shared/operations/control-item.ts';
import { endRun } from '../../../../shared/operations/end-run.ts';
import { acquireLease } from '../../../../shared/operations/lease.ts';
import type { Ports } from '../../../../shared/ports/ports.ts';
import { sampleModel } from '../../../helpers/lineage-samples.ts';
import { type MemoryPorts, memoryPorts } from '../../../helpers/memory-ports.ts';
import { rejection } from '../../../helpers/rejection.ts';

const run = { runId: 'r1', modelId: 'm1', seed: 7 };
const owner = 'execution-1';
let ports: MemoryPorts;

beforeEach(async () => {
  ports = memoryPorts();
  await ports.lineage.createModel(sampleModel({ settings: { ...sampleModel().settings, leaseMinutes: 40 } }));
  const first: Omit<ChampionMove, 'from'> = { at: '', to: 'c1', kind: 'create', by: 'me', reason: '' };
  await updateControl('m1', ports, (control) => moveChampion(control, first));
});

const lease = async () => (await ports.lineage.getControl('m1'))?.lease;
const record = () => ports.lineage.getRun('r1');

/** Ports whose owner is in these states, one after the other. */
function owned(...states: readonly OwnerState[]): Ports {
  const left = [...states];
  return { ...ports, owners: { stateOf: async () => left.shift() ?? 'unknown' } };
}

test('the lease is the owner’s for as long as the model says, and the run is on record', async () => {
  expect(await takeRunLease({ run, owner }, ports)).toEqual({ owner, fencingToken: 1 });
  expect(await lease()).toMatchObject({ owner, runId: 'r1', expiresAt: ports.clock.now() + 40 * 60_000 });
  expect(await record()).toMatchObject({ ...run, status: 'running', championId: 'c1' });
});

test('a run that had failed goes on', async () => {
  await takeRunLease({ run, owner }, ports);
  await endRun({ run, owner, status: 'FAILED', error: 'TrainingFailed' }, ports);
  expect(await record()).toMatchObject({ status: 'failed' });
  await takeRunLease({ run, owner: 'execution-2' }, ports);
  expect(await record()).toMatchObject({ status: 'running', failure: null });
  expect(await lease()).toMatchObject({ owner: 'execution-2' });
});

test('a model that is not there, or that another run has, is refused', async () => {
  const unknown = await rejection(takeRunLease({ run: { ...run, modelId: 'm2' }, owner }, ports));
  expect([unknown.name, unknown.message]).toEqual(['UnknownModel', 'There is no model named m2.']);
  await acquireLease({ ...run, runId: 'r2' }, 'other', 15, ports);
  expect((await rejection(takeRunLease({ run, owner }, ports))).name).toBe('LeaseHeld');
  expect(await lease()).toMatchObject({ owner: 'other' });
});

test('an input without a run or with an owner of no name is refused', async () => {
  await expect(takeRunLease({ owner }, ports)).rejects.toThrow();
  await expect(takeRunLease({ run, owner: '' }, ports)).rejects.toThrow();
  expect(await record()).toBeUndefined();
});

test('an owner that has ended takes nothing, and one that ends meanwhile gives back what it took', async () => {
  const before = await rejection(takeRunLease({ run, owner }, owned('gone')));
  expect([before.name, await record()]).toEqual(['LeaseLost', undefined]);
  expect(before.message).toContain(`${owner} has ended`);
  const meanwhile = await rejection(takeRunLease({ run, owner }, owned('running', 'gone')));
  expect([meanwhile.name, await lease()]).toEqual(['LeaseLost', null]);
  expect(meanwhile.message).toContain(`${owner} has ended`);
  expect(await record()).toMatchObject({ status: 'failed', failure: { name: 'ExecutionStopped' } });
});
