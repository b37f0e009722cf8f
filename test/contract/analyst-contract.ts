import { describe, expect, it } from 'vitest';
import type { Json } from '../../shared/domain/base/json.ts';
import { probeSchema } from '../../shared/domain/diagnosis/probe.ts';
import { taxonomySchema } from '../../shared/domain/diagnosis/taxonomy.ts';
import type { UsableRecord } from '../../shared/domain/traces/trace-record.ts';
import type { Analyst } from '../../shared/ports/analyst.ts';
import { analyze, probesBy, taxonomyBy } from '../helpers/analysis.ts';
import { madeUpInput, passing, planted, plantedTask, stream } from '../unit/adapters/analysts/statistical/planted.ts';

/** What every analyst does, with an LLM behind it or not. */
export function analystContract(name: string, create: () => Analyst): void {
  describe(`${name} as an analyst`, () => {
    const random = stream('contract');
    const confused = Array.from({ length: 24 }, () =>
      planted(`${madeUpInput('transfer', random)} landlord`, 'transfer', 'pay_bill'),
    );
    const records: readonly UsableRecord[] = [...passing(30, random), ...confused];
    const request = { task: plantedTask, smallestCluster: 5, maxClusters: 10 };

    async function shards(analyst: Analyst): Promise<Json[]> {
      return [
        await analyze(analyst, { shardId: 'a', task: plantedTask, records: records.slice(0, 100) }),
        await analyze(analyst, { shardId: 'b', task: plantedTask, records: records.slice(100) }),
      ];
    }

    it('hands on what survives JSON', async () => {
      const [first] = await shards(create());
      expect(JSON.parse(JSON.stringify(first))).toEqual(first);
    });

    it('builds a valid taxonomy of the failures, each in one cluster at most', async () => {
      const analyst = create();
      const taxonomy = await taxonomyBy(analyst, { ...request, analyses: await shards(analyst) });
      expect(taxonomySchema.parse(taxonomy)).toEqual(taxonomy);
      const ids = taxonomy.clusters.flatMap((cluster) => cluster.traceIds);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids.length + taxonomy.unclustered).toBe(confused.length);
      expect(taxonomy.clusters.length).toBeGreaterThan(0);
      for (const cluster of taxonomy.clusters) {
        expect(cluster.clusterId).toMatch(/^[a-z0-9-]+$/);
        expect(cluster.size).toBe(cluster.traceIds.length);
        expect(cluster.size).toBeGreaterThanOrEqual(request.smallestCluster);
        expect(cluster.exampleIds.every((id) => cluster.traceIds.includes(id))).toBe(true);
      }
    });

    it('builds an empty taxonomy where nothing failed', async () => {
      const analyst = create();
      const analysis = await analyze(analyst, { shardId: 'a', task: plantedTask, records: passing(5, random) });
      expect(await taxonomyBy(analyst, { ...request, analyses: [analysis] })).toMatchObject({
        clusters: [],
        unclustered: 0,
        confusions: [],
        causes: {},
      });
      expect((await taxonomyBy(analyst, { ...request, analyses: [] })).clusters).toEqual([]);
    });

    it('designs probes from material outside the cluster, with labels of the task', async () => {
      const analyst = create();
      const taxonomy = await taxonomyBy(analyst, { ...request, analyses: await shards(analyst) });
      for (const cluster of taxonomy.clusters) {
        const ids = new Set(cluster.traceIds);
        const members = records.filter((record) => ids.has(record.traceId));
        const material = passing(20, stream('held back'));
        const probes = await probesBy(analyst, {
          task: plantedTask,
          cluster,
          members,
          passes: records.filter((record) => record.verdict === 'pass'),
          material,
          count: 12,
          random: stream('probes'),
        });
        expect(probes.length).toBeGreaterThan(0);
        expect(probes.length).toBeLessThanOrEqual(12);
        expect(new Set(probes.map((probe) => probe.probeId)).size).toBe(probes.length);
        for (const probe of probes) {
          expect(probeSchema.parse(probe)).toEqual(probe);
          expect(ids.has(probe.traceId)).toBe(false);
          expect(members.some((member) => member.input === probe.input)).toBe(false);
          expect(plantedTask.labels).toContain(probe.expected);
        }
      }
    });

    it('designs no probes without material', async () => {
      const analyst = create();
      const taxonomy = await taxonomyBy(analyst, { ...request, analyses: await shards(analyst) });
      const [cluster] = taxonomy.clusters;
      if (cluster === undefined) throw new Error('no cluster');
      expect(
        await probesBy(analyst, {
          task: plantedTask,
          cluster,
          members: confused,
          passes: records.filter((record) => record.verdict === 'pass'),
          material: [],
          count: 12,
          random: stream('none'),
        }),
      ).toEqual([]);
    });
  });
}
