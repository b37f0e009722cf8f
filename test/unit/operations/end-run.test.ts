import { beforeEach, describe, expect, test } from 'vitest';
import { RatchetError } from '../../../shared/domain/base/errors.ts';
import { faultText } from '../../../shared/domain/base/fault-text.ts';
import type { OwnerState } from '../../../shared/domain/models/control.ts';
import { keepLease } from '../../../shared/loop/engine/keep-lease.ts';
import { takeRunLease } from '../../../shared/loop/engine/take-lease.ts';
import type { StageHead } from '../../../shared/loop/state/stage-head.ts';
import { endRun } from '../../../shared/operations/end-run.ts';
import { acquireLease } from '../../../shared/operations/lease.ts';
import type { Ports } from '../../../shared/ports/ports.ts';
import { sampleModel } from '../../helpers/lineage-samples.ts';
import { memoryPorts } from '../../helpers/memory-ports.ts';

const run = { runId: 'r1', modelId: 'm1', seed: 1 };
const owner = 'execution-1';
const champion = {
  at: '2026-01-01T00:00:00.000Z',
  from: null,
  to: 'c1',
  kind: 'create',
  by: 'me',
  reason: '',
} as const;

let ports: Ports;

beforeEach(async () => {
  ports = memoryPorts();
  await ports.lineage.createModel(sampleModel());
});

async function crown(): Promise<void> {
  const control = await ports.lineage.getControl('m1');
  if (control === undefined) throw new Error('no control item');
  await ports.lineage.compareAndSetControl(control.version, {
    ...control,
    version: control.version + 1,
    championId: 'c1',
    moves: [champion],
  });
}

async function begin(): Promise<StageHead> {
  await crown();
  const lease = await takeRunLease({ run, owner }, ports);
  return { run, lease, iteration: 0, item: 'all' };
}

const leaseOf = async () => (await ports.lineage.getControl('m1'))?.lease;

describe('a run that a person starts by hand', () => {
  test('needs no record: the first state writes it', async () => {
    await begin();
    expect(await ports.lineage.getRun('r1')).toMatchObject({ status: 'running', championId: 'c1', seed: 1 });
  });

  test('of a model without a champion is refused', async () => {
    await expect(takeRunLease({ run, owner }, ports)).rejects.toMatchObject({ name: 'NoChampion' });
    expect(await leaseOf()).toBeNull();
  });
});

describe('the end of an execution', () => {
  test.each([
    ['ABORTED', 'ExecutionStopped', { error: 'Enough', cause: 'by me' }, 'The execution was stopped (Enough: by me).'],
    ['ABORTED', 'ExecutionStopped', {}, 'The execution was stopped.'],
    ['TIMED_OUT', 'ExecutionTimedOut', {}, 'The execution took longer than it may.'],
    ['FAILED', 'States.Timeout', { error: 'States.Timeout', cause: 'slow' }, 'slow'],
    [
      'FAILED',
      'NoChampion',
      { error: 'Runtime.HandlerError', cause: '{"errorType":"NoChampion","errorMessage":"none","trace":[]}' },
      'none',
    ],
  ] as const)('%s is recorded as %s, and the lease is free', async (status, name, told, cause) => {
    await begin();
    const record = await endRun({ run, owner, status, ...told }, ports);
    expect(record).toMatchObject({ status: 'failed', reason: cause, failure: { name, cause } });
    expect(record?.failure?.mend).not.toBe('');
    expect(await leaseOf()).toBeNull();
  });

  test('keeps the mend that a function told with its fault', async () => {
    await begin();
    const fault = new RatchetError('UnknownModel', 'There is no model named m9.', { mend: 'Models here: m1.' });
    const cause = JSON.stringify({ errorType: fault.name, errorMessage: faultText(fault), trace: [] });
    const record = await endRun({ run, owner, status: 'FAILED', error: fault.name, cause }, ports);
    const failure = { name: 'UnknownModel', cause: 'There is no model named m9.', mend: 'Models here: m1.' };
    expect(record).toMatchObject({ reason: failure.cause, failure });
  });

  test('told twice changes nothing the second time', async () => {
    await begin();
    const first = await endRun({ run, owner, status: 'ABORTED' }, ports);
    expect(await endRun({ run, owner, status: 'FAILED', error: 'Other', cause: 'late' }, ports)).toEqual(first);
  });

  test('of a run that is on nobody’s record is no fault', async () => {
    expect(await endRun({ run, owner, status: 'FAILED', error: 'UnknownModel' }, ports)).toBeUndefined();
  });
});

describe('an execution that is redriven after its end', () => {
  test('takes the lease up again, and its run is running', async () => {
    const head = await begin();
    await endRun({ run, owner, status: 'ABORTED' }, ports);
    expect(await keepLease(head, running(), async () => 'done')).toBe('done');
    expect(await leaseOf()).toMatchObject({ owner, runId: 'r1' });
    expect(await ports.lineage.getRun('r1')).toMatchObject({ status: 'running', failure: null, finishedAt: null });
  });

  test('does not when another run has had the lease since', async () => {
    const head = await begin();
    await endRun({ run, owner, status: 'ABORTED' }, ports);
    await acquireLease({ ...run, runId: 'r2' }, 'execution-2', 15, ports);
    await endRun({ run: { ...run, runId: 'r2' }, owner: 'execution-2', status: 'ABORTED' }, ports);
    await expect(keepLease(head, running(), async () => 'done')).rejects.toMatchObject({ name: 'LeaseLost' });
    expect(await leaseOf()).toBeNull();
    expect(await ports.lineage.getRun('r1')).toMatchObject({ status: 'failed' });
  });
});

describe('the first stage of an execution that was stopped before it began', () => {
  test('takes nothing, and leaves no run behind that nobody works on', async () => {
    await crown();
    const stopped: Ports = { ...ports, owners: { stateOf: async () => 'gone' } };
    await expect(takeRunLease({ run, owner }, stopped)).rejects.toMatchObject({ name: 'LeaseLost' });
    expect([await leaseOf(), await ports.lineage.getRun('r1')]).toEqual([null, undefined]);
  });

  test('gives back what it took while the end came, and its run is stopped', async () => {
    await crown();
    const states: OwnerState[] = ['running', 'gone'];
    const stopping: Ports = { ...ports, owners: { stateOf: async () => states.shift() ?? 'gone' } };
    await expect(takeRunLease({ run, owner }, stopping)).rejects.toMatchObject({ name: 'LeaseLost' });
    expect(await leaseOf()).toBeNull();
    expect(await ports.lineage.getRun('r1')).toMatchObject({ status: 'failed', failure: { name: 'ExecutionStopped' } });
  });

  test('does not take a failed run up again', async () => {
    await begin();
    await endRun({ run, owner, status: 'FAILED', error: 'TrainingFailed' }, ports);
    const before = await ports.lineage.getRun('r1');
    const stopped: Ports = { ...ports, owners: { stateOf: async () => 'gone' } };
    await expect(takeRunLease({ run, owner }, stopped)).rejects.toMatchObject({ name: 'LeaseLost' });
    expect([await leaseOf(), await ports.lineage.getRun('r1')]).toEqual([null, before]);
  });
});

/** The ports where every owner is known to run. */
function running(): Ports {
  return { ...ports, owners: { stateOf: async () => 'running' } };
}
