import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { Checkpoint } from '../../../shared/domain/models/checkpoint.ts';
import { moveChampion, takeLease } from '../../../shared/domain/models/control.ts';
import { rolledBackFrom } from '../../../shared/domain/models/rolled-back.ts';
import { readControl, updateControl } from '../../../shared/operations/control-item.ts';
import { createModel } from '../../../shared/operations/create-model.ts';
import { releaseRolledBack, rollbackChampion } from '../../../shared/operations/rollback-champion.ts';
import { writeJson } from '../../../shared/ports/documents.ts';
import { sampleRun } from '../../helpers/lineage-samples.ts';
import { type MemoryPorts, memoryPorts } from '../../helpers/memory-ports.ts';
import { rejection } from '../../helpers/rejection.ts';
import { embeddedModel } from '../../helpers/training.ts';
import { bytesOf } from '../intake/bytes.ts';

let ports: MemoryPorts;
let first: Checkpoint;

beforeEach(async () => {
  ports = memoryPorts();
  const examples = bytesOf('{"input":"win","output":"spam"}\n{"input":"lunch","output":"ham"}');
  const settings = {
    modelId: 'mail',
    task: 'classification',
    labels: [],
    ...embeddedModel,
    settings: {},
    seed: 1,
    by: 'ana',
  };
  const created = await createModel({ ...settings, examples }, ports);
  if (created.checkpoint === null) throw new Error('no checkpoint');
  first = created.checkpoint;
  for (const checkpointId of ['second', 'rejected']) await ports.lineage.putCheckpoint({ ...first, checkpointId });
  const promotion = { at: '2026-01-02T00:00:00Z', to: 'second', kind: 'promote' as const, by: 'run-1', reason: 'gate' };
  await updateControl('mail', ports, (control) => moveChampion(control, promotion));
});

const rollback = (to: string) => rollbackChampion({ modelId: 'mail', to, by: 'ana@desk', reason: 'complaints' }, ports);

async function lend(minutes: number): Promise<void> {
  await updateControl('mail', ports, (control) => {
    const answer = takeLease(control, { runId: 'run-2', owner: 'host:1:aa', now: ports.clock.now(), minutes });
    return answer.granted ? answer.next : null;
  });
}

describe('rollbackChampion', () => {
  test('moves the champion back and enters who did it and why', async () => {
    expect(await rollback(first.checkpointId)).toEqual({
      from: 'second',
      to: first.checkpointId,
      moved: true,
      deployedTo: null,
    });
    const control = await ports.lineage.getControl('mail');
    expect(control?.championId).toBe(first.checkpointId);
    expect(control?.moves.at(-1)).toMatchObject({
      kind: 'rollback',
      from: 'second',
      by: 'ana@desk',
      reason: 'complaints',
    });
  });

  test('changes nothing when the checkpoint is the champion already', async () => {
    expect(await rollback('second')).toMatchObject({ moved: false });
    expect((await ports.lineage.getControl('mail'))?.moves).toHaveLength(2);
  });

  test('refuses an unknown checkpoint and names those that can be gone back to', async () => {
    const error = await rejection(rollback('nobody'));
    expect(error.name).toBe('UnknownCheckpoint');
    expect(error.mend).toContain(first.checkpointId);
  });

  test('refuses a checkpoint that never was champion, and says what its run made of it', async () => {
    const gated = (checkpointId: string, passed: boolean) => ({
      candidate: { candidateId: 'c', checkpointId, key: 'k' },
      verdict: {
        outcome: passed ? 'passed' : 'rejected',
        groups: 100,
        rules: [
          { rule: 'gain', passed: true, detail: 'It gains.' },
          { rule: 'memory', passed, detail: 'It forgets.' },
        ],
      },
    });
    expect(await rejection(rollback('rejected'))).toMatchObject({
      name: 'InvalidInput',
      message: expect.stringContaining('never was champion. Only what passed the gate'),
    });
    for (const checkpointId of ['refused', 'passed'])
      await ports.lineage.putCheckpoint({ ...first, checkpointId, runId: 'run-1' });
    await ports.lineage.putRun(sampleRun({ runId: 'run-1', modelId: 'mail', resultId: 'second' }));
    const candidates = [gated('refused', false), gated('second', true), gated('passed', true)];
    await writeJson(ports.objects, 'runs/mail/run-1/1/gate-candidates/all/gate.json', { candidates });
    expect((await rejection(rollback('refused'))).message).toBe(
      'Checkpoint refused never was champion. The gate of run run-1 did not let it pass: It forgets.',
    );
    const error = await rejection(rollback('passed'));
    expect(error.message).toMatch(/^Checkpoint passed passed the gate of run run-1 and was not chosen: second was\./);
    expect(error.mend).toContain(first.checkpointId);
  });

  test('keeps out what it goes back from, until that is released', async () => {
    const keptOut = async () => rolledBackFrom(await readControl('mail', ports)).map((one) => one.checkpointId);
    const release = (checkpointId: string) =>
      releaseRolledBack({ modelId: 'mail', checkpointId, by: 'ben', reason: 'an import' }, ports);
    expect(await rejection(release('second'))).toMatchObject({ name: 'InvalidInput' });
    await rollback(first.checkpointId);
    expect(await keptOut()).toEqual(['second']);
    await release('second');
    expect(await keptOut()).toEqual([]);
    expect((await readControl('mail', ports)).championId).toBe(first.checkpointId);
    expect((await readControl('mail', ports)).moves.at(-1)?.released).toMatchObject({ by: 'ben', reason: 'an import' });
  });

  test('refuses while a run holds the lease', async () => {
    await lend(15);
    expect((await rejection(rollback(first.checkpointId))).name).toBe('LeaseHeld');
  });

  test('takes the right to promote from a run whose lease ran out', async () => {
    await lend(15);
    const token = (await ports.lineage.getControl('mail'))?.fencingToken ?? 0;
    ports.clock.advance(16 * 60_000);
    await rollback(first.checkpointId);
    expect(await ports.lineage.getControl('mail')).toMatchObject({ lease: null, fencingToken: token + 1 });
  });

  test('refuses while the owner of an expired lease still runs', async () => {
    await lend(15);
    ports.clock.advance(16 * 60_000);
    ports = { ...ports, owners: { stateOf: async () => 'running' } };
    expect(await rejection(rollback(first.checkpointId))).toMatchObject({
      name: 'LeaseHeld',
      mend: expect.stringContaining('end it yourself'),
    });
  });

  test('does not wait for the lease of an owner that is surely gone', async () => {
    await lend(15);
    ports = { ...ports, owners: { stateOf: async () => 'gone' } };
    expect(await rollback(first.checkpointId)).toMatchObject({ moved: true });
  });

  test('tries again when another writer was quicker', async () => {
    const compareAndSet = ports.lineage.compareAndSetControl.bind(ports.lineage);
    vi.spyOn(ports.lineage, 'compareAndSetControl').mockResolvedValueOnce(false).mockImplementation(compareAndSet);
    expect(await rollback(first.checkpointId)).toMatchObject({ moved: true });
  });
});
