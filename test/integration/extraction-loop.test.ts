import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeText, type OrderText, type TextKind } from '../../bench/entities-demo/make-texts.ts';
import { runLoop } from '../../cli/runtime/run-loop.ts';
import { taggerBackEnd } from '../../shared/adapters/backends/tagger/facts.ts';
import { defaultBackEnds } from '../../shared/composition/default-back-ends.ts';
import { probeResultSchema } from '../../shared/domain/diagnosis/probe.ts';
import { taxonomySchema } from '../../shared/domain/diagnosis/taxonomy.ts';
import { exampleSchema } from '../../shared/domain/models/example.ts';
import { ingestTraces } from '../../shared/intake/ingest-traces.ts';
import type { RunResult } from '../../shared/loop/state/run-result.ts';
import { finalTestSchema } from '../../shared/loop/state/test-result.ts';
import { createModel } from '../../shared/operations/create-model.ts';
import { answerWith } from '../../shared/ports/back-ends.ts';
import { readJson, readJsonl } from '../../shared/ports/documents.ts';
import { entitiesOf, entitiesOutput } from '../../shared/tasks/extraction/entity.ts';
import { extraction } from '../../shared/tasks/extraction/extraction.ts';
import { bytesOf, championOf, makeWorkspace, modelId, recordingUi } from '../helpers/test-workspace.ts';

let workspace: Awaited<ReturnType<typeof makeWorkspace>>;
let result: RunResult;
let fresh: readonly OrderText[];
let before: number;

const texts = (count: number, kinds: readonly TextKind[], name: string): OrderText[] => {
  const random = workspace.ports.random.stream(3, name);
  return Array.from({ length: count }, () =>
    makeText(kinds[random.below(kinds.length)] ?? 'as before', 'seen', random),
  );
};

/** F1 of the champion on the fresh texts. */
async function scoreOfChampion(): Promise<number> {
  const inputs = fresh.map(({ input }) => input);
  const answers = await answerWith(await championOf(workspace), inputs, workspace.ports);
  return extraction.score(
    fresh.map(({ output }, at) => extraction.grade(entitiesOutput(output), answers[at]?.output ?? null)),
  ).value;
}

beforeAll(async () => {
  workspace = await makeWorkspace();
  const { ports } = workspace;
  // What the first tagger learns always names something, and in one form.
  await createModel(
    {
      modelId,
      task: extraction.kind,
      labels: [],
      examples: bytesOf(texts(80, ['as before'], 'first').map(({ input, output }) => ({ input, output }))),
      backEnds: { ...defaultBackEnds, trainer: taggerBackEnd, predictor: taggerBackEnd },
      trainerOptions: {},
      settings: { maxIterations: 1 },
      seed: 1,
      by: 'test',
    },
    ports,
  );
  fresh = texts(120, ['as before', 'new forms', 'no entity'], 'fresh');
  before = await scoreOfChampion();
  const traffic = texts(400, ['as before', 'new forms', 'no entity'], 'traffic');
  const answers = await answerWith(
    await championOf(workspace),
    traffic.map(({ input }) => input),
    ports,
  );
  const lines = traffic.map(({ input, output }, at) => ({
    traceId: `t-${at}`,
    timestamp: new Date(Date.UTC(2026, 0, 1) + at * 60_000).toISOString(),
    input,
    output: answers[at]?.output ?? null,
    expected: output.toReversed(),
    judge: { kind: 'human', id: 'ana' },
  }));
  const sources = [{ name: 'traffic', open: async () => bytesOf(lines) }];
  expect(await ingestTraces({ modelId, sources }, ports)).toMatchObject({ ingested: 400, quarantined: 0 });
  result = await runLoop(workspace, { modelId, seed: 1 }, recordingUi());
});
afterAll(() => workspace.dispose());

async function objectsOf(name: string): Promise<string[]> {
  const keys = await workspace.ports.objects.list(`runs/${modelId}/${result.run}/`);
  return keys.filter((key) => key.endsWith(name));
}

describe('a tagger of entities', () => {
  it('is better on fresh text after one run', async () => {
    expect(result.decision).toBe('promoted');
    const after = await scoreOfChampion();
    expect(after).toBeGreaterThan(0.97);
    expect(before).toBeLessThan(after - 0.05);
  });

  it('fails by missed, spurious and wrongly bounded entities, in the words of the task', async () => {
    const [key = ''] = await objectsOf('taxonomy.json');
    const { clusters, causes } = await readJson(workspace.ports.objects, key, taxonomySchema);
    expect(Object.keys(causes)).toEqual(expect.arrayContaining(['missed-entity']));
    expect(clusters.flatMap(({ title, evidence }) => [title, ...evidence]).join(' ')).not.toMatch(/\blabels?\b/);
    expect(result.reason).not.toMatch(/\blabels?\b/);
  });

  it('is told of in the report by types taken for one another, missed and made up', async () => {
    const [key = ''] = await objectsOf('test.json');
    const { confusion, byFacet, places } = await readJson(workspace.ports.objects, key, finalTestSchema);
    for (const when of ['before', 'after'] as const) {
      const sum = (of: 'fp' | 'fn') => byFacet.reduce((all, row) => all + row[when].tp + row[when][of], 0);
      expect(places?.[when]).toMatchObject({ expected: sum('fn'), answered: sum('fp') });
    }
    const types = byFacet.map(({ facet }) => facet);
    for (const { expected, answered } of confusion) {
      for (const name of [expected, answered]) if (name !== null) expect(types).toContain(name);
    }
    for (const { facet, before, after } of byFacet) {
      const right = confusion.find((cell) => cell.right && cell.expected === facet);
      expect([right?.before ?? 0, right?.after ?? 0]).toEqual([before.tp, after.tp]);
    }
    expect(confusion.filter(({ answered }) => answered === null).length).toBeGreaterThan(0);
    expect(confusion.filter(({ expected }) => expected === null).length).toBeGreaterThan(0);
  });

  it('is probed and trained with entities that stand where they are said to', async () => {
    const probes = (
      await Promise.all(
        (await objectsOf('probes.jsonl')).map((key) => readJsonl(workspace.ports.objects, key, probeResultSchema)),
      )
    ).flat();
    expect(probes.length).toBeGreaterThan(0);
    const champion = await championOf(workspace);
    const dataset = await workspace.ports.lineage.getDataset(modelId, champion.datasetId);
    const examples = await readJsonl(workspace.ports.objects, dataset?.key ?? '', exampleSchema);
    expect(examples.length).toBeGreaterThan(300);
    const all = [
      ...probes.map(({ input, expected }) => ({ input, output: expected })),
      ...examples.map(({ input, output }) => ({ input, output })),
    ];
    for (const { input, output } of all) {
      for (const { start, end, text } of entitiesOf(output)) expect(input.slice(start, end)).toBe(text);
    }
    expect(dataset?.manifest.controls.map(({ name }) => name)).toContain('repeated-mentions');
  });

  it('learns from texts that name nothing', async () => {
    const champion = await championOf(workspace);
    const dataset = await workspace.ports.lineage.getDataset(modelId, champion.datasetId);
    const examples = await readJsonl(workspace.ports.objects, dataset?.key ?? '', exampleSchema);
    expect(examples.filter(({ output }) => entitiesOf(output).length === 0).length).toBeGreaterThan(5);
  });
});
