import { describe, expect, it } from 'vitest';
import { createStatisticalAnalyst } from '../../../../shared/adapters/statistical-analyst/statistical-analyst.ts';
import type { Weakness } from '../../../../shared/domain/probe.ts';
import type { Cluster } from '../../../../shared/domain/taxonomy.ts';
import type { UsableRecord } from '../../../../shared/domain/trace-record.ts';
import { judgeWeakness } from '../../../../shared/domain/weakness.ts';
import { madeUpInput, planted, plantedLabels, plantedTask, stream, trueLabel } from './planted.ts';

const analyst = createStatisticalAnalyst();
type Champion = (input: string, expected: string) => string;

function traffic(champion: Champion, inputs: readonly (readonly [string, string, string?])[]): UsableRecord[] {
  return inputs.map(([input, label, noise]) =>
    planted(input, label, champion(input, label), noise === undefined ? {} : { noise }),
  );
}

async function largestCluster(records: readonly UsableRecord[]): Promise<Cluster> {
  const analyses = [await analyst.analyzeShard({ shardId: 's', task: plantedTask, records })];
  const { clusters } = await analyst.buildTaxonomy({
    task: plantedTask,
    analyses,
    smallestCluster: 5,
    maxClusters: 40,
  });
  const [cluster] = clusters;
  if (cluster === undefined) throw new Error('no cluster');
  return cluster;
}

async function probe(
  cluster: Cluster,
  records: readonly UsableRecord[],
  champion: Champion,
  name: string,
): Promise<Weakness> {
  const ids = new Set(cluster.traceIds);
  const probes = await analyst.designProbes({
    task: plantedTask,
    cluster,
    members: records.filter((record) => ids.has(record.traceId)),
    material: records.filter((record) => !ids.has(record.traceId)),
    count: 12,
    random: stream(name),
  });
  const results = probes.map((made) => {
    const answer = champion(made.input, made.expected);
    return { ...made, answer, failed: answer !== made.expected };
  });
  const failing = records.filter((record) => record.verdict === 'fail').length;
  return judgeWeakness({ clusterId: cluster.clusterId, results, baseRate: failing / records.length });
}

function everyLabel(
  count: number,
  name: string,
  change: (input: string, at: number) => string = (input) => input,
): [string, string][] {
  const random = stream(name);
  return plantedLabels.flatMap((label) =>
    Array.from({ length: count }, (_, at): [string, string] => [change(madeUpInput(label, random), at), label]),
  );
}

describe('probes of a cluster', () => {
  it('confirm a systematic confusion that a word brings about', async () => {
    const champion: Champion = (input, label) => (label === 'transfer' && /landlord/.test(input) ? 'pay_bill' : label);
    const records = traffic(
      champion,
      everyLabel(40, 'systematic', (input, at) => (at < 8 ? `${input} landlord` : input)),
    );
    const cluster = await largestCluster(records);
    expect(cluster).toMatchObject({ expected: 'transfer', answered: 'pay_bill' });
    expect(await probe(cluster, records, champion, 'a')).toMatchObject({ verdict: 'confirmed' });
  });

  it('refute clusters of failures that came about by chance', async () => {
    const unlucky = (input: string): boolean =>
      [...input].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 9973, 7) % 12 === 0;
    const next = (label: string): string =>
      plantedLabels[(plantedLabels.indexOf(label) + 1) % plantedLabels.length] ?? label;
    const champion: Champion = (input, label) => (unlucky(input) ? next(label) : label);
    const records = traffic(champion, everyLabel(80, 'chance'));
    const analyses = [await analyst.analyzeShard({ shardId: 's', task: plantedTask, records })];
    const { clusters } = await analyst.buildTaxonomy({
      task: plantedTask,
      analyses,
      smallestCluster: 3,
      maxClusters: 40,
    });
    const verdicts = await Promise.all(
      clusters.map(async (cluster) => (await probe(cluster, records, champion, cluster.clusterId)).verdict),
    );
    expect(verdicts.length).toBeGreaterThan(3);
    expect(verdicts.filter((verdict) => verdict === 'refuted').length).toBeGreaterThan(verdicts.length / 2);
    expect(verdicts.filter((verdict) => verdict === 'confirmed').length).toBeLessThanOrEqual(verdicts.length / 5);
  });

  it('refute a mixed cluster drawn at random from failures that have other causes', async () => {
    const champion: Champion = (input, label) => (/landlord/.test(input) ? 'music' : label);
    const records = traffic(
      champion,
      everyLabel(60, 'mixed', (input, at) => (at % 10 === 0 ? `${input} landlord` : input)),
    );
    const members = stream('draw')
      .shuffle(records.filter((record) => record.verdict === 'fail'))
      .slice(0, 8);
    const cluster = await largestCluster(records);
    const coincidental: Cluster = {
      ...cluster,
      cause: 'missed-label',
      expected: null,
      answered: null,
      keywords: ['kindly', 'tonight', 'again'],
      traceIds: members.map((member) => member.traceId),
    };
    expect(await probe(coincidental, records, champion, 'b')).toMatchObject({ verdict: 'refuted', failed: 0 });
  });

  it('confirm a false alarm that a word sets off', async () => {
    const champion: Champion = (input, label) => (/visa/.test(input) ? 'block_card' : label);
    const records = traffic(
      champion,
      everyLabel(40, 'alarm', (input, at) => (at < 4 ? `${input} visa` : input)).filter(
        ([, label]) => label !== 'block_card',
      ),
    );
    const cluster = await largestCluster(records);
    expect(cluster).toMatchObject({ cause: 'false-alarm', answered: 'block_card' });
    expect(await probe(cluster, records, champion, 'c')).toMatchObject({ verdict: 'confirmed' });
  });

  it('lengthen passing inputs, keeping the label, until long ones fail', async () => {
    const champion: Champion = (input, label) => (input.split(' ').length > 20 ? 'music' : label);
    const long = everyLabel(6, 'long', (input) => `${input} ${'and so on '.repeat(7)}`.trim());
    const records = traffic(champion, [...everyLabel(30, 'short'), ...long]);
    const cluster = await largestCluster(records);
    expect(cluster.cause).toBe('length');
    const ids = new Set(cluster.traceIds);
    const probes = await analyst.designProbes({
      task: plantedTask,
      cluster,
      members: records.filter((record) => ids.has(record.traceId)),
      material: records.filter((record) => !ids.has(record.traceId)),
      count: 12,
      random: stream('grow'),
    });
    expect(probes.length).toBe(12);
    expect(new Set(probes.map((made) => made.method))).toEqual(new Set(['lengthen']));
    for (const made of probes) expect(trueLabel(made.input)).toBe(made.expected);
    expect(await probe(cluster, records, champion, 'd')).toMatchObject({ verdict: 'confirmed' });
  });

  it('give passing inputs the noise that the members carry', async () => {
    const champion: Champion = (input, label) =>
      input === input.toUpperCase() || /[a-z][A-Z]/.test(input) ? 'music' : label;
    const shouted = everyLabel(5, 'shout', (input) => input.toUpperCase()).map(
      ([input, label]): [string, string, string] => [input, label, 'casing'],
    );
    const records = traffic(champion, [...everyLabel(30, 'calm'), ...shouted.filter(([, label]) => label !== 'music')]);
    const cluster = await largestCluster(records);
    expect(cluster.cause).toBe('noise');
    expect(await probe(cluster, records, champion, 'e')).toMatchObject({ verdict: 'confirmed' });
  });
});
