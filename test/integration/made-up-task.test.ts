import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runLoop } from '../../cli/runtime/run-loop.ts';
import type { Workspace } from '../../cli/workspace.ts';
import { createStatisticalAnalyst } from '../../shared/adapters/analysts/statistical/statistical-analyst.ts';
import { defaultBackEnds } from '../../shared/composition/default-back-ends.ts';
import { probeResultSchema } from '../../shared/domain/diagnosis/probe.ts';
import { taxonomySchema } from '../../shared/domain/diagnosis/taxonomy.ts';
import { exampleSchema } from '../../shared/domain/models/example.ts';
import { ingestTraces } from '../../shared/intake/ingest-traces.ts';
import type { RunResult } from '../../shared/loop/state/run-result.ts';
import { createModel } from '../../shared/operations/create-model.ts';
import { answerWith } from '../../shared/ports/back-ends.ts';
import { readJson, readJsonl } from '../../shared/ports/documents.ts';
import type { RandomStream } from '../../shared/ports/random.ts';
import { lexiconBackEnd, lexiconBackEndOn } from '../helpers/lexicon-back-end.ts';
import { madeUpEntities, type Span, spansOf } from '../helpers/made-up-entities.ts';
import { rejection } from '../helpers/rejection.ts';
import { bytesOf, championOf, makeWorkspace, modelId, recordingUi } from '../helpers/test-workspace.ts';

const words = {
  city: { known: ['paris', 'rome', 'lisbon', 'oslo'], drifted: ['quito', 'hanoi', 'dakar', 'lima'] },
  dish: { known: ['soup', 'bread', 'salad', 'rice'], drifted: ['ramen', 'tacos', 'curry', 'pho'] },
};
const syllables = ['ka', 'lo', 'mi', 'ru', 'te', 'sa', 'no', 'vi', 'da', 'pe'];

/** A text that names a city and, mostly, a dish among words that mean nothing; the right output beside it. */
function sample(drift: number, random: RandomStream): { input: string; output: { entities: Span[] } } {
  const filler = (): string => `${random.shuffle(syllables).slice(0, 2).join('')}n`;
  const parts: { text: string; type: string | null }[] = Array.from({ length: 6 }, () => ({
    text: filler(),
    type: null,
  }));
  for (const type of ['city', 'dish'] as const) {
    const list = words[type][random.next() < drift ? 'drifted' : 'known'];
    if (type === 'city' || random.next() < 0.8) parts.push({ text: list[random.below(list.length)] ?? '', type });
  }
  let input = '';
  const entities: Span[] = [];
  for (const { text, type } of random.shuffle(parts)) {
    const start = input === '' ? 0 : input.length + 1;
    input = input === '' ? text : `${input} ${text}`;
    if (type !== null) entities.push({ type, start, end: start + text.length });
  }
  return { input, output: { entities } };
}

/** An example whose span lies where its text has ended: known for bad once the task is known. */
const beyondItsText = { input: 'oslo', output: { entities: [{ type: 'city', start: 0, end: 40 }] } };

const request = {
  task: madeUpEntities.kind,
  backEnds: { ...defaultBackEnds, trainer: lexiconBackEnd, predictor: lexiconBackEnd },
  trainerOptions: {},
  settings: { maxIterations: 2 },
  seed: 1,
  by: 'test',
};

let made: Awaited<ReturnType<typeof makeWorkspace>>;
let workspace: Workspace;
let result: RunResult;

beforeAll(async () => {
  made = await makeWorkspace();
  const { trainer, predictor } = lexiconBackEndOn(made.ports.objects);
  const tasks = new Map([...made.ports.tasks, [madeUpEntities.kind, madeUpEntities]]);
  const analyst = createStatisticalAnalyst({ tasks });
  const ports = {
    ...made.ports,
    tasks,
    trainers: new Map([...made.ports.trainers, [trainer.name, trainer]]),
    predictors: new Map([...made.ports.predictors, [predictor.name, predictor]]),
    analysts: new Map([[analyst.name, analyst]]),
  };
  workspace = { ...made, ports };
  const random = ports.random.stream(1, 'entities');
  const { refused } = await createModel(
    {
      ...request,
      modelId,
      labels: ['city'],
      examples: bytesOf([...Array.from({ length: 60 }, () => sample(0, random)), beyondItsText]),
    },
    ports,
  );
  expect(refused).toBe(1);
  const traffic = Array.from({ length: 600 }, () => sample(0.2, random));
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
    // The same entities in another order say the same.
    expected: { entities: output.entities.toReversed() },
    judge: { kind: 'human', id: 'ana' },
  }));
  const ingested = await ingestTraces(
    { modelId, sources: [{ name: 'traffic', open: async () => bytesOf(lines) }] },
    ports,
  );
  expect(ingested).toMatchObject({ ingested: 600, judgements: 600, quarantined: 0 });
  result = await runLoop(workspace, { modelId, seed: 1 }, recordingUi());
});
afterAll(() => made.dispose());

async function objectOf(name: string): Promise<string> {
  const keys = await workspace.ports.objects.list(`runs/${modelId}/${result.run}/`);
  const key = keys.find((each) => each.endsWith(name));
  if (key === undefined) throw new Error(`there is no ${name}`);
  return key;
}

describe('a kind of task whose outputs are objects', () => {
  it('goes through the whole loop, and what has learnt the new words is promoted', async () => {
    expect(result).toMatchObject({ decision: 'promoted' });
    expect(result.scores.after?.traffic).toBeGreaterThan(result.scores.before.traffic ?? 1);
    const [answer] = await answerWith(await championOf(workspace), ['ramen in quito'], workspace.ports);
    expect(spansOf(answer?.output ?? null)).toEqual([
      { type: 'dish', start: 0, end: 5 },
      { type: 'city', start: 9, end: 14 },
    ]);
  });

  it('trains on every corrected failure, with its spans where they are', async () => {
    const champion = await championOf(workspace);
    const dataset = await workspace.ports.lineage.getDataset(modelId, champion.datasetId);
    const examples = await readJsonl(workspace.ports.objects, dataset?.key ?? '', exampleSchema);
    expect(dataset?.manifest.leftOut['empty input or output that the task does not know']).toBeUndefined();
    expect(examples.length).toBeGreaterThan(200);
    const known: Record<string, readonly string[]> = {
      city: [...words.city.known, ...words.city.drifted],
      dish: [...words.dish.known, ...words.dish.drifted],
    };
    for (const { input, output } of examples) {
      for (const { type, start, end } of spansOf(output)) expect(known[type]).toContain(input.slice(start, end));
    }
  });

  it('has failures grouped by pattern and facet, and probes whose outputs are true', async () => {
    const taxonomy = await readJson(workspace.ports.objects, await objectOf('taxonomy.json'), taxonomySchema);
    expect(taxonomy.confusions.map(({ title }) => title)).toContain('city missed, nothing spurious');
    expect(taxonomy.confusions.length).toBeLessThanOrEqual(3);
    expect(taxonomy.clusters.map(({ expected }) => expected)).toContain('city');
    const probes = await readJsonl(workspace.ports.objects, await objectOf('probes.jsonl'), probeResultSchema);
    expect(probes.length).toBeGreaterThan(0);
    for (const { input, expected } of probes) {
      for (const { start, end } of spansOf(expected)) expect(input.slice(start, end)).toMatch(/^[a-z]+$/);
    }
  });

  it('is shown in the report as the kind shows it', async () => {
    const report = new TextDecoder().decode(await workspace.ports.objects.get(result.report));
    expect(report).toContain('city missed, nothing spurious');
    expect(report).not.toContain('[object Object]');
  });

  it('has its own words in what is said of its examples', async () => {
    const bad: string[] = [];
    const failed = await rejection(
      createModel(
        {
          ...request,
          modelId: 'other',
          labels: ['city'],
          examples: bytesOf([{ input: 'rome', output: 'city' }]),
          onBadLine: ({ mend }) => bad.push(mend),
        },
        workspace.ports,
      ),
    );
    for (const mend of [failed.mend, ...bad]) expect(mend).toContain(`"output": ${madeUpEntities.words.output}}`);
    await createModel({ ...request, modelId: 'other', labels: ['city'], examples: null }, workspace.ports);
    const examples = bytesOf([{ input: 'rome', output: { entities: [] } }]);
    const { message } = await rejection(
      createModel({ ...request, modelId: 'other', labels: ['river'], examples }, workspace.ports),
    );
    expect(message).toBe(`The model is registered already, and entity type "river" is not one of the model's 1.`);
    const champion = await championOf(workspace);
    const dataset = await workspace.ports.lineage.getDataset(modelId, champion.datasetId);
    expect(JSON.stringify(dataset?.manifest.controls.map(({ wanted, measured }) => [wanted, measured]))).not.toMatch(
      /label/,
    );
  });

  it('is known to no file of the loop, nor is any other kind', async () => {
    const root = new URL('../../shared/loop/', import.meta.url).pathname;
    for (const name of await readdir(root, { recursive: true })) {
      if (!name.endsWith('.ts')) continue;
      const text = await readFile(join(root, name), 'utf8');
      expect([name, /\btasks\/|classification'|task\.labels/.exec(text)?.[0]]).toEqual([name, undefined]);
    }
  });
});
