import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readMachineFile } from '../../cli/runtime/machine-file.ts';
import { runLoop } from '../../cli/runtime/run-loop.ts';
import type { Workspace } from '../../cli/workspace.ts';
import { keepClusters } from '../../shared/operations/kept-clusters.ts';
import { createServingApp } from '../../shared/serving/app.ts';
import type { StartRun } from '../../shared/serving/console/api-routes.ts';
import {
  costsSchema,
  curriculumSchema,
  datasetListSchema,
  failuresSchema,
  lineageSchema,
  modelDetailSchema,
  modelOverviewsSchema,
  runDetailSchema,
  runListSchema,
  runProgressSchema,
  sinceSchema,
  transcriptListSchema,
} from '../../shared/serving/console/messages.ts';
import { problemSchema } from '../../shared/serving/messages.ts';
import { samples } from '../helpers/made-up-traffic.ts';
import {
  answeredTraffic,
  createSupportModel,
  ingest,
  makeWorkspace,
  modelId,
  recordingUi,
} from '../helpers/test-workspace.ts';

let workspace: Workspace & { dispose(): Promise<void> };
let machine: unknown;
let run: string;

beforeAll(async () => {
  workspace = await makeWorkspace();
  machine = JSON.parse(await readMachineFile());
  await createSupportModel(workspace);
  const traffic = samples(300, 0.6, workspace.ports.random.stream(2, 'traffic'));
  await ingest(workspace, await answeredTraffic(workspace, traffic, 'stage-1'));
  ({ run } = await runLoop(workspace, { modelId, seed: 3 }, recordingUi()));
}, 120_000);
afterAll(() => workspace.dispose());

function ask(path: string, { startRun = null, ...init }: RequestInit & { startRun?: StartRun | null } = {}) {
  const app = createServingApp({
    ports: workspace.ports,
    access: { token: null, hosts: null },
    journal: null,
    onFault: (error) => {
      throw error;
    },
    console: { files: null, machine, startRun },
  });
  return app.fetch(new Request(`http://localhost${path}`, init));
}

async function read<S extends z.ZodType>(path: string, schema: S): Promise<z.infer<S>> {
  const response = await ask(path);
  expect(response.status).toBe(200);
  return schema.parse(await response.json());
}

const start = (startRun: StartRun | null, body: unknown = {}) =>
  ask(`/v1/models/${modelId}/runs`, {
    startRun,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

describe('the interface of the console', () => {
  it('answers every path that it describes', async () => {
    const { paths } = z
      .object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })
      .parse(await (await ask('/openapi.json')).json());
    const { datasets } = await read(`/v1/models/${modelId}/datasets`, datasetListSchema);
    const reading = Object.entries(paths).filter(([path, methods]) => 'get' in methods && !path.includes('{agent}'));
    expect(reading.length).toBeGreaterThan(12);
    const clusters = [{ cluster: '1', label: '', size: 1, words: [], inputs: ['text'] }];
    await keepClusters('to-be', clusters, { seed: 1, foundation: null }, workspace.ports);
    for (const [path] of reading) {
      const asked = path
        .replace('{model}', path.endsWith('/clusters') ? 'to-be' : modelId)
        .replace('{run}', run)
        .replace('{dataset}', datasets[0]?.dataset ?? '');
      expect([path, (await ask(asked)).status]).toEqual([path, 200]);
    }
  });

  it('gives models at a glance', async () => {
    const { models } = await read('/v1/overview', modelOverviewsSchema);
    expect(models.map(({ model }) => model)).toEqual([modelId]);
    expect(models[0]).toMatchObject({ task: 'classification', labels: 3, traffic: { traces: 300, judged: 300 } });
    expect(models[0]?.lastRun).toMatchObject({ run, decision: 'promoted' });
    const detail = await read(`/v1/models/${modelId}/overview`, modelDetailSchema);
    expect(detail).toMatchObject({ runs: 1, canRun: false, active: null });
    const { compared } = await read(`/v1/models/${modelId}/since`, sinceSchema);
    expect(compared).toMatchObject({ judged: 0, missing: 20 });
  });

  it('gives a run with its decision and the gate’s evidence', async () => {
    const { runs } = await read(`/v1/models/${modelId}/runs`, runListSchema);
    expect(runs.map((one) => one.run)).toEqual([run]);
    const { report, champions } = await read(`/v1/models/${modelId}/runs/${run}`, runDetailSchema);
    expect(report?.headline).toMatch(/\d+ mended, \d+ lost of \d+/u);
    expect(report?.gate?.rules.map(({ rule }) => rule)).toEqual(['gain', 'memory', 'labels', 'evidence']);
    expect(report?.gate?.margin).toBe(0.0025);
    expect(report?.figures.map(({ name }) => name)).toContain('traffic');
    expect(report?.candidates.map(({ candidate }) => candidate)).toContain(report?.decidedOn);
    expect(champions.after).not.toBe(champions.before);
    const progress = await read(`/v1/models/${modelId}/runs/${run}/progress`, runProgressSchema);
    expect(progress.stages.filter(({ state }) => state !== 'done')).toEqual([]);
  });

  it('gives clusters of failures with examples and probes', async () => {
    const found = await read(`/v1/models/${modelId}/failures`, failuresSchema);
    expect(found.run?.run).toBe(run);
    expect(found.clusters.length).toBeGreaterThan(0);
    for (const cluster of found.clusters) {
      expect(cluster.identity.startsWith(`${run}/`)).toBe(true);
      expect(cluster.history).toEqual([{ run, startedAt: found.run?.startedAt, size: cluster.size, of: found.judged }]);
      expect(cluster.examples.length).toBeGreaterThan(0);
      expect(cluster.mended).not.toBeNull();
    }
  });

  it('gives curricula, filtered and in pages', async () => {
    const { datasets } = await read(`/v1/models/${modelId}/datasets`, datasetListSchema);
    const ofChampion = datasets.find((dataset) => dataset.ofChampion);
    const path = `/v1/models/${modelId}/datasets/${ofChampion?.dataset}/examples`;
    const all = await read(`${path}?limit=500`, curriculumSchema);
    expect(all.total).toBe(ofChampion?.examples);
    const gold = await read(`${path}?slice=gold&limit=500`, curriculumSchema);
    expect(gold.total).toBe(ofChampion?.bands.find(({ slice }) => slice === 'gold')?.examples);
    expect(new Set(gold.examples.map(({ slice }) => slice))).toEqual(new Set(['gold']));
    const first = await read(`${path}?limit=7`, curriculumSchema);
    const second = await read(`${path}?limit=7&after=${first.next}`, curriculumSchema);
    expect([...first.examples, ...second.examples]).toEqual(all.examples.slice(0, 14));
    const files = await read(`${path}?from=file`, curriculumSchema);
    expect(new Set(files.examples.map(({ from }) => from))).toEqual(new Set(['file']));
    const word = (all.examples[0]?.input ?? '').split(' ')[0] ?? '';
    const holding = await read(`${path}?text=${word.toUpperCase()}&limit=500`, curriculumSchema);
    expect(holding.total).toBeGreaterThan(0);
    expect(holding.examples.every(({ input }) => input.includes(word))).toBe(true);
    expect((await ask(`${path}?limit=0`)).status).toBe(400);
    expect((await ask(`/v1/models/${modelId}/datasets/none/examples`)).status).toBe(400);
  });

  it('gives the lineage and what runs took', async () => {
    const lineage = await read(`/v1/models/${modelId}/lineage`, lineageSchema);
    expect(lineage.moves.map(({ kind }) => kind)).toEqual(['create', 'promote']);
    expect(lineage.checkpoints.filter(({ champion }) => champion).map(({ checkpoint }) => checkpoint)).toEqual([
      lineage.champion,
    ]);
    const { runs } = await read(`/v1/models/${modelId}/costs`, costsSchema);
    const [cost] = runs;
    expect(cost?.stages.map(({ name }) => name)).toContain('train-candidates');
    const all = cost?.stages.reduce((sum, { seconds }) => sum + seconds, 0) ?? 0;
    expect(all).toBeGreaterThan(0);
    expect(all).toBeLessThanOrEqual((cost?.seconds ?? 0) + 1);
    expect(cost?.roles).toEqual([]);
  });

  it('starts a run, and none beside one that is under way', async () => {
    const asked: unknown[] = [];
    const startRun: StartRun = async (...given) => {
      asked.push(given);
      return 'run-x';
    };
    const response = await start(startRun, { seed: 7 });
    expect(response.status).toBe(202);
    expect(await response.json()).toEqual({ model: modelId, run: 'run-x' });
    expect(asked).toEqual([[modelId, 7]]);
    expect((await start(startRun, { seed: 'x' })).status).toBe(400);
    expect((await start(null)).status).toBe(400);

    const { lineage, clock } = workspace.ports;
    const control = await lineage.getControl(modelId);
    if (control === undefined) throw new Error('no control item');
    const lease = { runId: 'run-y', owner: workspace.owner, expiresAt: clock.now() + 60_000 };
    const held = { ...control, version: control.version + 1, lease };
    expect(await lineage.compareAndSetControl(control.version, held)).toBe(true);
    const refused = await start(startRun);
    expect(refused.status).toBe(409);
    expect(problemSchema.parse(await refused.json()).title).toBe('LeaseHeld');
    await lineage.compareAndSetControl(held.version, { ...held, version: held.version + 1, lease: null });
  });

  it('gives no transcripts of a run without agents', async () => {
    const path = `/v1/models/${modelId}/runs/${run}/transcripts`;
    expect(await read(path, transcriptListSchema)).toEqual({ transcripts: [] });
    const response = await ask(`${path}/nobody`);
    expect(response.status).toBe(400);
    expect(problemSchema.parse(await response.json()).detail).toContain('has no agent');
  });

  it('says what is not there', async () => {
    for (const path of [
      '/v1/models/nobody/runs',
      `/v1/models/${modelId}/runs/run-none`,
      '/v1/models/nobody/failures',
    ]) {
      const response = await ask(path);
      expect([path, response.status]).toEqual([path, 404]);
      problemSchema.parse(await response.json());
    }
    const page = await ask('/');
    expect(page.status).toBe(503);
    expect(await page.text()).toContain('npm run build:console');
  });
});
