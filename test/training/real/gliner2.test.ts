import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runLoop } from '../../../cli/runtime/run-loop.ts';
import { openWorkspace, type Workspace } from '../../../cli/workspace.ts';
import { defaultBackEnds } from '../../../shared/composition/default-back-ends.ts';
import { createModel } from '../../../shared/operations/create-model.ts';
import { samples } from '../../helpers/made-up-traffic.ts';
import { labelOrNull } from '../../helpers/outputs.ts';
import { answeredTraffic, bytesOf, championOf, ingest, modelId, recordingUi } from '../../helpers/test-workspace.ts';
import { installed, realPython } from '../python.ts';
import { tinyBert } from './tiny-bert.ts';

/** A whole run of the loop on a real GLiNER2, whose encoder is of a few weights and knows nothing. */
describe.skipIf(!installed('gliner2'))('ratchet run with GLiNER2 as a process of this machine', () => {
  let directory: string;
  let workspace: Workspace;
  let foundation: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ratchet-gliner2-'));
    foundation = await tinyBert(directory);
    const { env } = await realPython();
    workspace = await openWorkspace(join(directory, 'workspace'), {
      create: true,
      env,
      observer: { progress: () => undefined, note: () => undefined },
    });
  });
  afterAll(async () => {
    await workspace?.close();
    await rm(directory, { recursive: true, force: true });
  });

  it('trains, evaluates and promotes, and the new champion knows the words of today', async () => {
    const { ports } = workspace;
    await createModel(
      {
        modelId,
        task: 'classification',
        labels: [],
        examples: bytesOf(samples(90, 0, ports.random.stream(1, 'training'))),
        backEnds: { ...defaultBackEnds, trainer: 'gliner2', predictor: 'gliner2' },
        trainerOptions: { foundation, epochs: 8, batchSize: 16, encoderRate: 2e-3, headRate: 2e-3 },
        settings: { maxIterations: 1 },
        seed: 1,
        by: 'test',
      },
      ports,
    );
    const before = await championOf(workspace);
    const traffic = samples(500, 0.4, ports.random.stream(1, 'traffic'));
    await ingest(workspace, await answeredTraffic(workspace, traffic, 'day1'));
    const ui = recordingUi();
    const result = await runLoop(workspace, { modelId, seed: 3 }, ui);
    expect(ui.failed).toEqual([]);
    expect([result.decision, result.headline]).toEqual(['promoted', expect.any(String)]);
    const after = await championOf(workspace);
    expect(after.checkpointId).not.toBe(before.checkpointId);
    expect(after.folds?.models.filter((model) => model !== null)).toHaveLength(2);
    const fresh = samples(120, 1, ports.random.stream(2, 'fresh'));
    const right = async (served: typeof after.served) => {
      const answers = await ports.predictors.get('gliner2')?.predict(
        served,
        fresh.map(({ input }) => input),
      );
      return fresh.filter(({ output }, at) => labelOrNull(answers?.[at]?.output ?? null) === output).length;
    };
    expect(await right(after.served)).toBeGreaterThan((await right(before.served)) + 20);
  });
});
