import { expect, test } from 'vitest';
import { type Taxonomy, taxonomySchema } from '../../../../shared/domain/diagnosis/taxonomy.ts';
import { buildTaxonomy } from '../../../../shared/loop/diagnosis/build-taxonomy.ts';
import { analystRun } from '../../../../shared/loop/engine/analyst-run.ts';
import { Unfinished } from '../../../../shared/loop/engine/stage.ts';
import type { Analyst, TaxonomyRequest } from '../../../../shared/ports/analyst.ts';
import { analystNamed } from '../../../../shared/ports/back-ends.ts';
import { readJson, writeJson } from '../../../../shared/ports/documents.ts';
import { noUsage } from '../../../../shared/ports/long-work.ts';
import { sampleModel } from '../../../helpers/lineage-samples.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';
import { putPlan, sampleHead, samplePrepared } from '../../../helpers/record-samples.ts';
import { sampleCluster } from '../../../helpers/sample-cluster.ts';
import { stageContext } from '../../../helpers/stage-context.ts';

const taxonomy: Taxonomy = {
  clusters: [sampleCluster({ clusterId: 'c1', size: 5 }), sampleCluster({ clusterId: 'c2', size: 3 })],
  unclustered: 4,
  confusions: [],
  causes: {},
};

/** Two analyses before an analyst that is done the second time it is asked. */
async function prepared() {
  const memory = memoryPorts();
  const asked: { key: string; request: TaxonomyRequest }[] = [];
  const analyst: Analyst = {
    ...analystNamed('statistical', memory),
    taxonomy: {
      start: async (key, request) => {
        asked.push({ key, request });
        return { status: 'working', handle: 'later', done: 0, total: 1, waitSeconds: 1 };
      },
      advance: async () => ({ status: 'done', value: taxonomy, usage: noUsage }),
    },
  };
  const ports = { ...memory, analysts: new Map([[analyst.name, analyst]]) };
  const { settings } = sampleModel();
  const model = sampleModel({ settings: { ...settings, smallestCluster: 6, maxClusters: 9 } });
  const plan = await putPlan(ports, { model });
  const analyses = [];
  for (const shardId of ['shard-0000', 'shard-0001']) {
    const key = `${shardId}/analysis.json`;
    await writeJson(ports.objects, key, { of: shardId });
    analyses.push({ shardId, key, failures: 1 });
  }
  const input = { ...sampleHead, prepared: samplePrepared, analyses };
  const context = stageContext(ports, (file) => `here/${file}`);
  return { ports, plan, asked, input, context };
}

test('an analyst is given the analyses of all shards in their order, and how small and many clusters may be', async () => {
  const { plan, asked, input, context } = await prepared();
  await buildTaxonomy.run(input, context);
  expect(asked.map(({ key }) => key)).toEqual(['here/taxonomy.json']);
  expect(asked[0]?.request).toEqual({
    run: analystRun(plan),
    task: plan.model.task,
    analyses: [{ of: 'shard-0000' }, { of: 'shard-0001' }],
    smallestCluster: 6,
    maxClusters: 9,
  });
});

test('a taxonomy is waited for, then kept, and told by ids and sizes', async () => {
  const { ports, input, context } = await prepared();
  const waiting = await buildTaxonomy.run(input, context);
  if (!(waiting instanceof Unfinished)) throw new Error('it did not wait');
  expect(await ports.objects.list('here/')).toEqual([]);
  const output = await buildTaxonomy.run(input, { ...context, handle: waiting.work.handle });
  expect(output).toEqual({
    taxonomyKey: 'here/taxonomy.json',
    clusters: [
      { clusterId: 'c1', size: 5 },
      { clusterId: 'c2', size: 3 },
    ],
    unclustered: 4,
  });
  expect(await readJson(ports.objects, 'here/taxonomy.json', taxonomySchema)).toEqual(taxonomy);
});
