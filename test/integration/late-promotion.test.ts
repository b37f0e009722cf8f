import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runLoop } from '../../cli/runtime/run-loop.ts';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import { moveChampion } from '../../shared/domain/models/control.ts';
import type { LeaseRef } from '../../shared/domain/models/run-ref.ts';
import { promoteChampion } from '../../shared/loop/decision/promote-champion.ts';
import { decisionRefSchema } from '../../shared/loop/state/decision.ts';
import { readPlan } from '../../shared/loop/state/run-plan.ts';
import { snapshotSchema } from '../../shared/loop/state/snapshot.ts';
import { splitSchema } from '../../shared/loop/state/split.ts';
import { updateControl } from '../../shared/operations/control-item.ts';
import { acquireLease } from '../../shared/operations/lease.ts';
import { readJson } from '../../shared/ports/documents.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { completeStage } from '../helpers/complete-stage.ts';
import { samples } from '../helpers/made-up-traffic.ts';
import { rejection } from '../helpers/rejection.ts';
import { answeredTraffic, createSupportModel, ingest, modelId, recordingUi } from '../helpers/test-workspace.ts';
import { withLineage } from '../helpers/with-lineage.ts';
import { type WorkspaceCopies, workspaceCopies } from '../helpers/workspace-copies.ts';

let copies: WorkspaceCopies;
let first: string;

const stopHere = new RatchetError('InvalidInput', 'stopped before the promotion');

beforeAll(async () => {
  copies = await workspaceCopies(async (workspace) => {
    await createSupportModel(workspace);
    const traffic = samples(400, 0.4, workspace.ports.random.stream(1, 'traffic'));
    await ingest(workspace, await answeredTraffic(workspace, traffic, 'day1'));
    first = (await workspace.ports.lineage.getControl(modelId))?.championId ?? '';
    // A run that has come as far as its promotion.
    const stopped = withLineage(workspace, () => ({ putEvaluationSet: () => Promise.reject(stopHere) }));
    await rejection(runLoop(stopped, { modelId, seed: 4 }, recordingUi()));
  });
});
afterAll(() => copies.dispose());

/** Does the stopped run's promotion under a lease. */
async function promote(ports: Ports, runId: string, lease: LeaseRef) {
  const output = async <T>(stage: string, iteration: number, schema: z.ZodType<T>): Promise<T> => {
    const key = `runs/${modelId}/${runId}/${iteration}/${stage}/all/completed.json`;
    return (await readJson(ports.objects, key, z.object({ output: schema }))).output;
  };
  const { prepared } = await output('prepare-run', 0, snapshotSchema);
  const { evidence, people } = await output('split-traces', 0, splitSchema);
  const decision = await output('decide-next', 1, decisionRefSchema);
  expect(decision.next).toBe('promote');
  const input = { run: { runId, modelId, seed: 4 }, lease, iteration: 0, item: 'all' };
  const { output: promotion } = await completeStage(
    promoteChampion,
    { ...input, prepared, split: { evidence, people }, decision },
    ports,
  );
  return { promotion, prepared };
}

async function opened() {
  const workspace = await copies.open();
  const { ports } = workspace;
  const runId = (await ports.lineage.listRuns(modelId)).at(-1)?.runId ?? '';
  const later = { ...ports, clock: { now: () => ports.clock.now() + 16 * 60_000 } };
  return { workspace, ports, later, runId, run: { runId, modelId, seed: 4 } };
}

const otherRun = { runId: 'other', modelId, seed: 1 };

describe('a late promotion', () => {
  it('is refused by the fencing token once another run has taken the expired lease, even with that one gone again', async () => {
    const { ports, later, runId, run } = await opened();
    const late = await acquireLease(run, 'stopped', 15, ports);
    expect((await rejection(acquireLease(otherRun, 'elsewhere', 15, ports))).name).toBe('LeaseHeld');
    await acquireLease(otherRun, 'elsewhere', 15, later);
    expect((await rejection(promote(later, runId, late))).name).toBe('LeaseLost');
    await updateControl(modelId, ports, (control) => ({ ...control, version: control.version + 1, lease: null }));
    expect((await rejection(promote(later, runId, late))).name).toBe('LeaseLost');
    const control = await ports.lineage.getControl(modelId);
    expect(control?.championId).toBe(first);
    expect(control?.moves).toHaveLength(1);
    expect(await ports.lineage.listEvaluationSets(modelId)).toEqual([]);
  });

  it('is refused when the lease is lost in its midst, and leaves no record that later candidates are held to', async () => {
    const { workspace, ports, later, runId, run } = await opened();
    const lease = await acquireLease(run, 'stopped', 15, ports);
    const raced = withLineage(workspace, (lineage) => ({
      async putEvaluationSet(set) {
        await lineage.putEvaluationSet(set);
        await acquireLease(otherRun, 'elsewhere', 15, later);
      },
    }));
    expect((await rejection(promote(raced.ports, runId, lease))).name).toBe('LeaseLost');
    expect((await ports.lineage.getControl(modelId))?.championId).toBe(first);
    expect(await ports.lineage.listEvaluationSets(modelId)).not.toEqual([]);

    const owners = {
      stateOf: async (owner: string) => (owner === 'elsewhere' ? ('gone' as const) : ('unknown' as const)),
    };
    const ui = recordingUi();
    const next = await runLoop({ ...workspace, ports: { ...ports, owners } }, { modelId, seed: 4 }, ui);
    const plan = await readPlan(
      await readJson(
        ports.objects,
        `runs/${modelId}/${next.run}/0/prepare-run/all/completed.json`,
        z.object({ output: snapshotSchema }),
      ).then((record) => record.output.prepared),
      ports,
    );
    expect(plan.frozenSets).toEqual([]);
    expect(next.decision).toBe('promoted');
    const mine = (await ports.lineage.listEvaluationSets(modelId)).filter((set) => set.runId === next.run);
    expect(mine.map((set) => set.name).sort()).toEqual(['records']);
  });

  it('is refused when the champion was moved back in between, and done when it stands again', async () => {
    const { ports, runId, run } = await opened();
    const former = (await ports.lineage.listCheckpoints(modelId)).find(({ checkpointId }) => checkpointId !== first);
    const to = (championId: string) =>
      updateControl(modelId, ports, (control) =>
        moveChampion(control, { at: '', to: championId, kind: 'rollback', by: 'ana', reason: 'complaints' }),
      );
    await to(former?.checkpointId ?? '');
    const lease = await acquireLease(run, 'late', 15, ports);
    const error = await rejection(promote(ports, runId, lease));
    expect(error.name).toBe('ChampionMoved');
    expect(error.message).toContain(former?.checkpointId ?? 'none');
    expect(await ports.lineage.listEvaluationSets(modelId)).toEqual([]);

    await to(first);
    const { promotion } = await promote(ports, runId, lease);
    const control = await ports.lineage.getControl(modelId);
    expect(control?.championId).toBe(promotion.championId);
    expect(control?.moves.at(-1)).toMatchObject({ kind: 'promote', from: first, by: runId });
    expect(promotion.frozenSets).toHaveLength(1);
  });

  it('is done under a lease that expired and that nobody took', async () => {
    const { ports, later, runId, run } = await opened();
    const lease = await acquireLease(run, 'slow', 15, ports);
    const { promotion } = await promote(later, runId, lease);
    expect((await ports.lineage.getControl(modelId))?.championId).toBe(promotion.championId);
  });
});
