import { afterEach, describe, expect, it } from 'vitest';
import { runLoop } from '../../cli/runtime/run-loop.ts';
import type { Workspace } from '../../cli/workspace.ts';
import { weaknessSchema } from '../../shared/domain/diagnosis/probe.ts';
import { type Cluster, taxonomySchema } from '../../shared/domain/diagnosis/taxonomy.ts';
import { evaluationItemSchema } from '../../shared/domain/evaluation/evaluation-set.ts';
import { triagedRecordSchema } from '../../shared/domain/traces/trace-record.ts';
import { readJson, readJsonl } from '../../shared/ports/documents.ts';
import { samples } from '../helpers/made-up-traffic.ts';
import {
  ambiguousLabels,
  ambiguousTexts,
  createModelOf,
  createPlantedModel,
  doubledLabel,
  judgedInputs,
  textsOf,
  withUnluckyChampion,
} from '../helpers/planted-traffic.ts';
import { datasetsOfRun, evidenceOfRun } from '../helpers/run-objects.ts';
import { ingest, makeWorkspace, modelId, recordingUi } from '../helpers/test-workspace.ts';
import { madeUpInput, plantedLabels } from '../unit/adapters/analysts/statistical/planted.ts';

const disposables: { dispose(): Promise<void> }[] = [];
afterEach(async () => {
  for (const disposable of disposables.splice(0)) await disposable.dispose();
});

async function plantedWorkspace(): Promise<Workspace> {
  const workspace = await makeWorkspace();
  disposables.push(workspace);
  await createPlantedModel(workspace);
  return workspace;
}

async function objectsNamed(run: string, file: string, { ports }: Workspace): Promise<string[]> {
  return (await ports.objects.list(`runs/${modelId}/${run}/`)).filter((key) => key.endsWith(`/${file}`));
}

/** The clusters of a run, each with the verdict of its probes. */
async function diagnosis(run: string, workspace: Workspace): Promise<(Cluster & { verdict: string })[]> {
  const { objects } = workspace.ports;
  const [taxonomyKey = ''] = await objectsNamed(run, 'taxonomy.json', workspace);
  const { clusters } = await readJson(objects, taxonomyKey, taxonomySchema);
  const weaknesses = await Promise.all(
    (await objectsNamed(run, 'weakness.json', workspace)).map((key) => readJson(objects, key, weaknessSchema)),
  );
  return clusters.map((cluster) => ({
    ...cluster,
    verdict: weaknesses.find(({ clusterId }) => clusterId === cluster.clusterId)?.verdict ?? 'none',
  }));
}

/** Ids of the traces in every dataset of the run, of what candidates are scored by, and of what is frozen. */
async function tracesUsed(
  run: string,
  workspace: Workspace,
): Promise<Record<'trained' | 'scored' | 'frozen', Set<string>>> {
  const { lineage, objects } = workspace.ports;
  const examples = (await datasetsOfRun(run, workspace)).flat();
  const evidence = await evidenceOfRun(run, workspace);
  const sets = await lineage.listEvaluationSets(modelId);
  const frozen = await Promise.all(sets.map(({ key }) => readJsonl(objects, key, evaluationItemSchema)));
  const traceIds = examples.flatMap(({ provenance }) => ('traceId' in provenance ? [provenance.traceId] : []));
  return {
    trained: new Set(traceIds),
    scored: new Set(evidence.filter(({ kept }) => kept).map(({ exampleId }) => exampleId)),
    frozen: new Set(frozen.flat().map(({ exampleId }) => exampleId)),
  };
}

describe('of failures whose causes are known', () => {
  it('the systematic are confirmed, those by chance refuted, a foreign label and a coin’s toss called external', async () => {
    const plain = await plantedWorkspace();
    const workspace = await withUnluckyChampion(plain, { from: 'delivery', to: 'account', rate: 0.08 });
    const random = workspace.ports.random.stream(1, 'traffic');
    const traffic = [
      ...samples(750, 0, random),
      ...textsOf('refund', 160, { drifted: true }, random),
      ...textsOf('account', 40, { drifted: false }, random).map((sample) => ({ ...sample, output: doubledLabel })),
      ...ambiguousTexts(160, random),
    ];
    await ingest(workspace, judgedInputs(traffic, 'day1', 'human'));
    const { run } = await runLoop(workspace, { modelId, seed: 1 }, recordingUi());
    const clusters = await diagnosis(run, workspace);

    const systematic = clusters.filter(({ expected }) => expected === 'refund');
    expect(systematic.map(({ verdict }) => verdict)).toContain('confirmed');
    // The champion answers them by their fillers, so that some are right and a small cluster may say nothing.
    const failing = (verdict: string) =>
      systematic.filter((cluster) => cluster.verdict === verdict).reduce((sum, { size }) => sum + size, 0);
    expect(failing('confirmed')).toBeGreaterThan(failing('refuted') + failing('not-enough-evidence'));

    const byChance = clusters.filter(({ expected, answered }) => expected === 'delivery' && answered === 'account');
    expect(byChance.length).toBeGreaterThan(0);
    for (const cluster of byChance) expect(cluster).toMatchObject({ verdict: 'refuted', fixability: 'fixable' });

    const doubled = clusters.filter(({ expected }) => expected === doubledLabel);
    expect(doubled.map(({ cause, fixability }) => [cause, fixability])).toEqual([['schema', 'external']]);

    const tossed = clusters.filter(({ expected }) => ambiguousLabels.some((label) => label === expected));
    expect(tossed.length).toBeGreaterThan(0);
    for (const cluster of tossed) expect(cluster).toMatchObject({ cause: 'ambiguous', fixability: 'external' });
  });

  it('wrong judgements at random are suspects, and neither trained on, nor scored by, nor frozen', async () => {
    const workspace = await makeWorkspace();
    disposables.push(workspace);
    const random = workspace.ports.random.stream(1, 'traffic');
    const texts = (each: number) =>
      Array.from({ length: each }, () =>
        plantedLabels.map((output) => ({ input: madeUpInput(output, random), output })),
      ).flat();
    await createModelOf(texts(2), workspace);
    const truth = texts(70);
    const judged = judgedInputs(truth, 'day1', 'llm').map((line, at) => {
      const others = plantedLabels.filter((label) => label !== truth[at]?.output);
      return random.next() < 0.08 ? { ...line, expected: others[random.below(others.length)] ?? '' } : line;
    });
    const wrong = judged.flatMap((line, at) => (line.expected === truth[at]?.output ? [] : [line.traceId]));
    await ingest(workspace, judged);
    const { run } = await runLoop(workspace, { modelId, seed: 1 }, recordingUi());

    const [triagedKey = ''] = await objectsNamed(run, 'triaged.jsonl', workspace);
    const triaged = await readJsonl(workspace.ports.objects, triagedKey, triagedRecordSchema);
    const suspects = triaged.filter(({ triage }) => triage.category === 'suspect-judgement').map((one) => one.traceId);
    const found = wrong.filter((id) => suspects.includes(id));
    expect(found.length).toBeGreaterThan(0.8 * wrong.length);
    expect(suspects.length - found.length).toBeLessThanOrEqual(0.02 * truth.length);

    const used = await tracesUsed(run, workspace);
    expect(used.trained.size).toBeGreaterThan(200);
    expect(used.scored.size).toBeGreaterThan(100);
    for (const id of suspects) {
      expect([id, used.trained.has(id), used.scored.has(id), used.frozen.has(id)]).toEqual([id, false, false, false]);
    }
    // They stay among the pairs, so that triage cannot lean the gate.
    const weighed = new Set((await evidenceOfRun(run, workspace)).map(({ exampleId }) => exampleId));
    expect(suspects.filter((id) => weighed.has(id)).length).toBeGreaterThan(0.9 * suspects.length);
  });
});
