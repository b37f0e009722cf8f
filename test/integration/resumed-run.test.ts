import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runLoop } from '../../cli/runtime/run-loop.ts';
import type { Workspace } from '../../cli/workspace.ts';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import { moveChampion } from '../../shared/domain/models/control.ts';
import type { Run } from '../../shared/domain/models/run.ts';
import { updateControl } from '../../shared/operations/control-item.ts';
import { acquireLease } from '../../shared/operations/lease.ts';
import { sampleRun } from '../helpers/lineage-samples.ts';
import { samples } from '../helpers/made-up-traffic.ts';
import { rejection } from '../helpers/rejection.ts';
import { answeredTraffic, createSupportModel, ingest, modelId, recordingUi } from '../helpers/test-workspace.ts';
import { type WorkspaceCopies, workspaceCopies } from '../helpers/workspace-copies.ts';

let copies: WorkspaceCopies;

// So little traffic that a run ends before training: these tests are about which run goes on.
beforeAll(async () => {
  copies = await workspaceCopies(async (workspace) => {
    await createSupportModel(workspace);
    const traffic = samples(40, 0.4, workspace.ports.random.stream(1, 'traffic'));
    await ingest(workspace, await answeredTraffic(workspace, traffic, 'day1'));
  });
});
afterAll(() => copies.dispose());

/** A run in the record that no process works on. */
async function leave({ ports }: Workspace, change: Partial<Run> = {}): Promise<Run> {
  const championId = (await ports.lineage.getControl(modelId))?.championId ?? '';
  const startedAt = new Date(ports.clock.now()).toISOString();
  const run = sampleRun({ runId: 'left', modelId, championId, startedAt, seed: 7, ...change });
  await ports.lineage.putRun(run);
  return run;
}

async function improve(workspace: Workspace, seed: number | null = null) {
  const ui = recordingUi();
  const result = await runLoop(workspace, { modelId, seed }, ui);
  return { result, ui };
}

async function move({ ports }: Workspace, by: string): Promise<void> {
  const at = new Date(ports.clock.now() + 1).toISOString();
  await updateControl(modelId, ports, (control) =>
    moveChampion(control, { at, to: control.championId ?? '', kind: 'rollback', by, reason: '' }),
  );
}

const storageFailure = { name: 'StorageFailure', cause: 'ENOSPC', mend: 'Free some disk space.' };

describe('which run goes on', () => {
  it('takes up the newest run that was broken off, with its own seed', async () => {
    const workspace = await copies.open();
    await leave(workspace);
    const { result, ui } = await improve(workspace);
    expect(result.run).toBe('left');
    expect(ui.notes.join()).toContain('goes on where it stopped');
    expect(await workspace.ports.lineage.getRun('left')).toMatchObject({ status: 'finished', seed: 7 });
    expect((await improve(workspace)).result.run).not.toBe('left');
  });

  it('takes up a run that a passing fault ended, but none that would fail again', async () => {
    const workspace = await copies.open();
    await leave(workspace, { status: 'failed', failure: storageFailure });
    expect((await improve(workspace)).result.run).toBe('left');
    await leave(workspace, {
      runId: 'damaged',
      status: 'failed',
      failure: { ...storageFailure, name: 'CorruptArtifact' },
    });
    expect((await improve(workspace)).result.run).not.toBe('damaged');
  });

  it('gives a run up for one with another seed, for good', async () => {
    const workspace = await copies.open();
    await leave(workspace, { status: 'failed', failure: storageFailure });
    const { result, ui } = await improve(workspace, 8);
    expect(result.run).not.toBe('left');
    expect(ui.notes.join()).toContain('given up for a run with another seed');
    expect(await workspace.ports.lineage.getRun('left')).toMatchObject({ status: 'failed', failure: null });
    const third = await improve(workspace);
    expect([result.run, 'left']).not.toContain(third.result.run);
  });

  it('takes up no run whose champion was moved since, and says so', async () => {
    const workspace = await copies.open();
    await leave(workspace);
    await move(workspace, 'ana');
    const { result, ui } = await improve(workspace);
    expect(result.run).not.toBe('left');
    expect(ui.notes.join()).toContain('the champion was moved since');
    expect(await workspace.ports.lineage.getRun('left')).toMatchObject({ status: 'failed' });
  });

  it('takes up a run that had moved the champion itself', async () => {
    const workspace = await copies.open();
    await leave(workspace);
    await move(workspace, 'left');
    expect((await improve(workspace)).result.run).toBe('left');
  });

  it('never takes up a run that another was begun after', async () => {
    const workspace = await copies.open();
    await leave(workspace, { startedAt: '2026-01-01T00:00:00.000Z', status: 'failed', failure: storageFailure });
    const { championId } = await leave(workspace, { runId: 'later', status: 'finished', seed: 1 });
    const { result } = await improve(workspace);
    expect(['left', 'later']).not.toContain(result.run);
    expect(result.champion).toBe(championId);
    expect(await workspace.ports.lineage.getRun('left')).toMatchObject({ failure: null });
  });

  it('takes up a run beside which another was refused the lease', async () => {
    const workspace = await copies.open();
    await leave(workspace);
    const refused = { ...storageFailure, name: 'LeaseHeld' };
    await leave(workspace, { runId: 'z-refused', status: 'failed', failure: refused });
    expect((await improve(workspace)).result.run).toBe('left');
  });

  it('leaves the run of a process that works alone, however the seeds are', async () => {
    const workspace = await copies.open();
    const left = await leave(workspace);
    await acquireLease(left, 'elsewhere:1:00', 15, workspace.ports);
    for (const seed of [null, 7, 8]) {
      const error = await rejection(runLoop(workspace, { modelId, seed }, recordingUi()));
      expect(error.name).toBe('LeaseHeld');
      expect(error.message).toContain('elsewhere:1:00');
    }
    expect(await workspace.ports.lineage.listRuns(modelId)).toEqual([left]);
  });
});

describe('a run that goes on', () => {
  it('does a completed step again whose file was damaged meanwhile, and ends as though nothing had been', async () => {
    const workspace = await copies.open();
    const { objects } = workspace.ports;
    await leave(workspace);
    const write = objects.put.bind(objects);
    const broken = vi.spyOn(objects, 'put').mockImplementation(async (key, body) => {
      if (key.includes('/write-report/')) throw new RatchetError('StorageFailure', 'The disk is full.');
      await write(key, body);
    });
    expect((await rejection(runLoop(workspace, { modelId, seed: null, retryWaitMs: 0 }, recordingUi()))).name).toBe(
      'StorageFailure',
    );
    broken.mockRestore();

    const damaged = `runs/${modelId}/left/0/triage-traces/all/triaged.jsonl`;
    const written = (await objects.get(damaged)) ?? new Uint8Array();
    const text = new TextDecoder().decode(written);
    expect(text).toContain('"account"');
    await objects.put(damaged, new TextEncoder().encode(text.replace('"account"', '"cccount"')));

    const note = vi.spyOn(workspace.ports.observer, 'note');
    const { result } = await improve(workspace);
    expect(result.run).toBe('left');
    expect(note.mock.calls.join()).toContain(`${damaged} is not what was written, so its step is done again.`);
    expect(await objects.get(damaged)).toEqual(written);
    const other = await copies.open();
    await leave(other);
    expect({ ...(await improve(other)).result, report: '' }).toEqual({ ...result, report: '' });
  });
});
