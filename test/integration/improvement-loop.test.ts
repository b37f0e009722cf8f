import { afterEach, describe, expect, it } from 'vitest';
import { runLoop } from '../../cli/runtime/run-loop.ts';
import { evaluationItemSchema } from '../../shared/domain/evaluation/evaluation-set.ts';
import { exampleSchema } from '../../shared/domain/models/example.ts';
import type { Settings } from '../../shared/domain/models/settings.ts';
import { answerWith } from '../../shared/ports/back-ends.ts';
import { readJsonl } from '../../shared/ports/documents.ts';
import { type Sample, samples } from '../helpers/made-up-traffic.ts';
import { labelOrNull } from '../helpers/outputs.ts';
import { datasetsOfRun, evidenceOfRun, trainedNearEvidence } from '../helpers/run-objects.ts';
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

/** A text whose words no day before has had. */
function inOtherWords({ input, output }: Sample, at: number): Sample {
  if (at % 2 === 0) return { input, output };
  const words = input.split(' ').map((word) => [...word].reverse().join(''));
  return { input: words.join(' '), output };
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
    expect(held.map((set) => set.name)).toEqual(['records']);
    const evidence = await evidenceOfRun(result.run, workspace);
    const frozen = await readJsonl(objects, held[0]?.key ?? '', evaluationItemSchema);
    const kept = evidence.filter((record) => record.kept).map(({ exampleId }) => exampleId);
    expect(frozen.map(({ exampleId }) => exampleId)).toEqual(kept);
    expect(kept.length).toBeGreaterThan(400);
    expect(examples.length).toBeGreaterThan(400);
    expect(trainedNearEvidence(examples, evidence)).toEqual([]);
    expect(champion?.folds?.models.filter((model) => model !== null)).toHaveLength(10);
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
    expect(result.reason).toMatch(/too little evidence: \d+ failures after triage .*, 20 are needed/i);
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
    const later = samples(500, 0.8, workspace.ports.random.stream(2, 'later')).map(inOtherWords);
    await ingest(workspace, await answeredTraffic(workspace, later, 'day2'));
    const second = await runLoop(workspace, { modelId, seed: 1 }, recordingUi());
    expect(second.decision).toBe('promoted');
    expect(Object.keys(second.memory)).toEqual(['preceding']);
    expect(second.memory.preceding?.of).toBeGreaterThan(400);
    // All traffic is evidence again, that which the champion has trained on too.
    expect((await evidenceOfRun(second.run, workspace)).length).toBeGreaterThan(900);
    for (const examples of await datasetsOfRun(second.run, workspace)) {
      expect(trainedNearEvidence(examples, await evidenceOfRun(second.run, workspace))).toEqual([]);
    }
    expect(await accuracyOnFresh(workspace, second.champion)).toBeGreaterThanOrEqual(
      (await accuracyOnFresh(workspace, first.champion)) - 0.02,
    );
  });
});
