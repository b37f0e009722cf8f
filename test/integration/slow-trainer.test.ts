import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { runLoop } from '../../cli/runtime/run-loop.ts';
import { defaultBackEnds } from '../../shared/composition/default-back-ends.ts';
import { partOf } from '../../shared/domain/evaluation/fold.ts';
import { createModel } from '../../shared/operations/create-model.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import { samples } from '../helpers/made-up-traffic.ts';
import { evidenceOfRun } from '../helpers/run-objects.ts';
import { slowBackEnd, slowBackEndOn } from '../helpers/slow-back-end.ts';
import {
  answeredTraffic,
  bytesOf,
  championOf,
  ingest,
  makeWorkspace,
  modelId,
  recordingUi,
} from '../helpers/test-workspace.ts';

const disposables: { dispose(): Promise<void> }[] = [];
afterEach(async () => {
  for (const disposable of disposables.splice(0)) await disposable.dispose();
});

/** A workspace whose model is trained by the slow back end, with traffic that its first checkpoint partly fails. */
async function slowWorkspace(steps: number) {
  const made = await makeWorkspace();
  disposables.push(made);
  const slow = slowBackEndOn(made.ports.objects, { steps, fails: false });
  const ports = {
    ...made.ports,
    trainers: new Map([...made.ports.trainers, [slowBackEnd, slow.trainer]]),
    predictors: new Map([...made.ports.predictors, [slowBackEnd, slow.predictor]]),
  };
  const workspace = { ...made, ports };
  await createModel(
    {
      modelId,
      task: 'classification',
      labels: [],
      examples: bytesOf(samples(60, 0, ports.random.stream(1, 'training'))),
      backEnds: { ...defaultBackEnds, trainer: slowBackEnd, predictor: slowBackEnd },
      trainerOptions: {},
      settings: { maxIterations: 1 },
      seed: 1,
      by: 'test',
    },
    ports,
  );
  return { workspace, slow };
}

async function digestOf(objects: ObjectStore, key: string): Promise<string> {
  return createHash('sha256')
    .update((await objects.get(key)) ?? '')
    .digest('hex');
}

describe('a trainer that takes many advances and is never twice the same', () => {
  it('passes through a whole run, with each checkpoint trained once and its digest that of its artifact', async () => {
    const { workspace, slow } = await slowWorkspace(4);
    const { lineage, objects } = workspace.ports;
    const traffic = samples(500, 0.4, workspace.ports.random.stream(1, 'traffic'));
    await ingest(workspace, await answeredTraffic(workspace, traffic, 'day1'));

    const result = await runLoop(workspace, { modelId, seed: 3 }, recordingUi());

    expect(result.decision).toBe('promoted');
    const checkpoints = await lineage.listCheckpoints(modelId);
    expect(slow.begun.toSorted()).toEqual(checkpoints.map(({ checkpointId }) => checkpointId).sort());
    expect(slow.advances()).toBe(4 * checkpoints.length);
    for (const { trainer, served } of checkpoints) {
      expect([trainer, served.predictor]).toEqual([slowBackEnd, slowBackEnd]);
      expect(await digestOf(objects, served.ref)).toBe(served.digest);
    }
  });

  it('weighs a candidate by the few folds that have a model, and so the champion that it becomes', async () => {
    const { workspace } = await slowWorkspace(2);
    const traffic = samples(700, 0.4, workspace.ports.random.stream(1, 'traffic'));
    await ingest(workspace, await answeredTraffic(workspace, traffic, 'day1'));
    const first = await runLoop(workspace, { modelId, seed: 3 }, recordingUi());
    expect(first.decision).toBe('promoted');
    const { folds } = await championOf(workspace);
    const covered = folds?.models.flatMap((model, part) => (model === null ? [] : [part]));
    expect(covered).toHaveLength(2);
    // The first champion has seen no traffic, so that all of it was evidence; the candidate answers two parts of five.
    expect((await evidenceOfRun(first.run, workspace)).length).toBeGreaterThan(650);
    expect(folds?.parts).toBe(5);
    expect(first.gain?.of).toBeLessThan(340);
    expect(first.gain?.of).toBeGreaterThan(220);

    const later = samples(100, 0.4, workspace.ports.random.stream(2, 'later'));
    await ingest(workspace, await answeredTraffic(workspace, later, 'day2'));
    const second = await runLoop(workspace, { modelId, seed: 3 }, recordingUi());
    const evidence = await evidenceOfRun(second.run, workspace);
    expect(evidence.length).toBeGreaterThan(100);
    for (const record of evidence) expect(covered).toContain(partOf(record.folds[0] ?? -1, folds?.parts ?? 5));
  });

  it('trains no candidate that so few folds cannot weigh, and the run says how many judged traces more it takes', async () => {
    const { workspace, slow } = await slowWorkspace(2);
    const traffic = samples(115, 0.4, workspace.ports.random.stream(1, 'traffic'));
    await ingest(workspace, await answeredTraffic(workspace, traffic, 'day1'));
    const result = await runLoop(workspace, { modelId, seed: 3 }, recordingUi());
    expect(result).toMatchObject({ decision: 'kept', why: 'The run ended before training.' });
    expect(result.headline).toMatch(/^\d+ more judged traces are missing until there is enough to decide by/);
    // The first checkpoint alone.
    expect(slow.begun).toHaveLength(1);
    const evidence = await evidenceOfRun(result.run, workspace);
    expect(evidence.length).toBeGreaterThan(50);
    const reached = evidence.filter(({ folds }) => partOf(folds[0] ?? -1, 5) < 2).length;
    const more = Math.ceil(((50 - reached) * 5) / 2);
    expect(result.headline.startsWith(`${more} more`)).toBe(true);

    const later = samples(150, 0.4, workspace.ports.random.stream(2, 'later'));
    await ingest(workspace, await answeredTraffic(workspace, later, 'day2'));
    await runLoop(workspace, { modelId, seed: 3 }, recordingUi());
    expect(slow.begun).toHaveLength(2);
  });

  it('fails once, and the run goes on', async () => {
    const { workspace, slow } = await slowWorkspace(3);
    const traffic = samples(500, 0.4, workspace.ports.random.stream(1, 'traffic'));
    await ingest(workspace, await answeredTraffic(workspace, traffic, 'day1'));
    const failing = slowBackEndOn(workspace.ports.objects, { steps: 3, fails: true });
    const ports = { ...workspace.ports, trainers: new Map([[slowBackEnd, failing.trainer], ...embedded(workspace)]) };
    const ui = recordingUi();

    const result = await runLoop({ ...workspace, ports }, { modelId, seed: 3 }, ui);

    expect(result.decision).toBe('promoted');
    expect(ui.failed.join()).toMatch(/TrainingFailed: The machine was taken away/);
    expect(failing.begun.length).toBe(new Set(failing.begun).size + 1);
    expect(slow.begun).toHaveLength(1);
  });
});

function embedded({ ports }: Awaited<ReturnType<typeof slowWorkspace>>['workspace']) {
  return [...ports.trainers].filter(([name]) => name !== slowBackEnd);
}
