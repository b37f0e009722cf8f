import { afterEach, describe, expect, it } from 'vitest';
import { runLoop } from '../../cli/runtime/run-loop.ts';
import { evaluationItemSchema } from '../../shared/domain/evaluation/evaluation-set.ts';
import { leaks } from '../../shared/domain/evaluation/splits.ts';
import { exampleSchema } from '../../shared/domain/models/example.ts';
import type { Settings } from '../../shared/domain/models/settings.ts';
import { answerWith } from '../../shared/ports/back-ends.ts';
import { readJsonl } from '../../shared/ports/documents.ts';
import { samples } from '../helpers/made-up-traffic.ts';
import { labelOrNull } from '../helpers/outputs.ts';
import {
  answeredTraffic,
  createSupportModel,
  ingest,
  makeWorkspace,
  modelId,
  recordingUi,
} from '../helpers/test-workspace.ts';

const disposables: { dispose(): Promise<void> }[] = [];
afterEach(async () => {
  for (const disposable of disposables.splice(0)) await disposable.dispose();
});

async function workspaceWithTraffic(count: number, drift: number, settings: Partial<Settings> = {}) {
  const workspace = await makeWorkspace();
  disposables.push(workspace);
  await createSupportModel(workspace, settings);
  const traffic = samples(count, drift, workspace.ports.random.stream(1, 'traffic'));
  await ingest(workspace, await answeredTraffic(workspace, traffic, 'day1'));
  return workspace;
}

async function accuracyOnFresh(
  workspace: Awaited<ReturnType<typeof makeWorkspace>>,
  checkpointId: string,
): Promise<number> {
  const fresh = samples(200, 0.5, workspace.ports.random.stream(99, 'fresh'));
  const checkpoint = await workspace.ports.lineage.getCheckpoint(modelId, checkpointId);
  if (checkpoint === undefined) throw new Error('no checkpoint');
  const answers = await answerWith(
    checkpoint,
    fresh.map((sample) => sample.input),
    workspace.ports,
  );
  return answers.filter((answer, index) => labelOrNull(answer.output) === fresh[index]?.output).length / fresh.length;
}

describe('the improvement loop', () => {
  it('promotes a checkpoint that learnt the drifted traffic, and leaves a lineage that explains it', async () => {
    const workspace = await workspaceWithTraffic(500, 0.4);
    const { lineage, objects } = workspace.ports;
    const before = (await lineage.getControl(modelId))?.championId ?? '';
    const ui = recordingUi();
    const result = await runLoop(workspace, { modelId, seed: 3 }, ui);

    expect(result.decision).toBe('promoted');
    const control = await lineage.getControl(modelId);
    expect(control?.championId).toBe(result.champion);
    expect(result.champion).not.toBe(before);
    expect(control?.lease).toBeNull();
    expect(control?.moves.map((move) => move.kind)).toEqual(['create', 'promote']);
    expect(await accuracyOnFresh(workspace, result.champion)).toBeGreaterThan(
      (await accuracyOnFresh(workspace, before)) + 0.1,
    );

    const run = await lineage.getRun(result.run);
    expect(run).toMatchObject({
      status: 'finished',
      decision: 'promoted',
      championId: before,
      resultId: result.champion,
    });
    const html = new TextDecoder().decode(await objects.get(result.report));
    expect(html).toContain(result.champion);
    expect(await objects.get(result.report.replace('report.html', 'data-curation.md'))).toBeDefined();

    const champion = await lineage.getCheckpoint(modelId, result.champion);
    const dataset = await lineage.getDataset(modelId, champion?.datasetId ?? '');
    const examples = await readJsonl(objects, dataset?.key ?? '', exampleSchema);
    const held = (await lineage.listEvaluationSets(modelId)).filter((set) => set.checkpointId === result.champion);
    expect(held.map((set) => set.name).sort()).toEqual(['regression', 'traffic-validation']);
    for (const set of held) {
      const items = await readJsonl(objects, set.key, evaluationItemSchema);
      expect(
        leaks(
          examples.map((example) => example.input),
          items.map((item) => item.input),
        ),
      ).toEqual([]);
    }
  });

  it('promotes without probes and hard negatives where they are switched off, and says so', async () => {
    const workspace = await workspaceWithTraffic(500, 0.4, { probesPerCluster: 0, hardNegativesPerFailure: 0 });
    const { lineage, objects } = workspace.ports;
    const result = await runLoop(workspace, { modelId, seed: 3 }, recordingUi());
    expect(result.decision).toBe('promoted');
    const champion = await lineage.getCheckpoint(modelId, result.champion);
    const dataset = await lineage.getDataset(modelId, champion?.datasetId ?? '');
    const examples = await readJsonl(objects, dataset?.key ?? '', exampleSchema);
    expect(new Set(examples.map(({ slice }) => slice))).toEqual(new Set(['gold', 'replay']));
    expect(examples.some(({ provenance }) => provenance.kind === 'probe')).toBe(false);
    expect(new TextDecoder().decode(await objects.get(result.report))).toContain('No probes were made.');
  });

  it('keeps the champion, and says what is missing, when there is too little evidence', async () => {
    const workspace = await workspaceWithTraffic(40, 0.4);
    const before = (await workspace.ports.lineage.getControl(modelId))?.championId;
    const result = await runLoop(workspace, { modelId, seed: null }, recordingUi());
    expect(result).toMatchObject({ decision: 'kept', champion: before });
    expect(result.reason).toMatch(/too little evidence: \d+ failures after triage, 20 are needed/i);
    expect(await workspace.ports.objects.get(result.report)).toBeDefined();
    expect((await workspace.ports.lineage.getControl(modelId))?.lease).toBeNull();
  });

  it('gives the same champion for the same traces and seed, in however many chunks they are answered', async () => {
    const results = [];
    for (const chunkSize of [10_000, 150]) {
      const workspace = await workspaceWithTraffic(400, 0.4, { chunkSize });
      const result = await runLoop(workspace, { modelId, seed: 5 }, recordingUi());
      const champion = await workspace.ports.lineage.getCheckpoint(modelId, result.champion);
      results.push({ decision: result.decision, scores: result.scores, artifact: champion?.served.digest });
    }
    expect(results[0]).toEqual(results[1]);
  });

  it('measures a second run against what the first promotion froze', async () => {
    const workspace = await workspaceWithTraffic(500, 0.4);
    const first = await runLoop(workspace, { modelId, seed: 1 }, recordingUi());
    expect(first.decision).toBe('promoted');
    const later = samples(500, 0.8, workspace.ports.random.stream(2, 'later'));
    await ingest(workspace, await answeredTraffic(workspace, later, 'day2'));
    const second = await runLoop(workspace, { modelId, seed: 1 }, recordingUi());
    if (second.scores.after !== null) expect(Object.keys(second.regressions)).toContain('preceding');
    expect(await accuracyOnFresh(workspace, second.champion)).toBeGreaterThanOrEqual(
      (await accuracyOnFresh(workspace, first.champion)) - 0.02,
    );
  });
});
