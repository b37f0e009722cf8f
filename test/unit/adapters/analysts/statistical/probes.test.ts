import { describe, expect, it } from 'vitest';
import { createStatisticalAnalyst } from '../../../../../shared/adapters/analysts/statistical/statistical-analyst.ts';
import type { Probe, Weakness } from '../../../../../shared/domain/diagnosis/probe.ts';
import type { Cluster } from '../../../../../shared/domain/diagnosis/taxonomy.ts';
import { judgeWeakness } from '../../../../../shared/domain/diagnosis/weakness.ts';
import type { UsableRecord } from '../../../../../shared/domain/traces/trace-record.ts';
import { labelOf, labelOutput } from '../../../../../shared/tasks/classification/label.ts';
import { taskKinds } from '../../../../../shared/tasks/task-kinds.ts';
import { analyze, probesBy, taxonomyBy } from '../../../../helpers/analysis.ts';
import { madeUpInput, planted, plantedLabels, plantedTask, stream, trueLabel } from './planted.ts';

const analyst = createStatisticalAnalyst({ tasks: taskKinds });
type Champion = (input: string, expected: string) => string;

function traffic(champion: Champion, inputs: readonly (readonly [string, string, string?])[]): UsableRecord[] {
  return inputs.map(([input, label, noise]) =>
    planted(input, label, champion(input, label), noise === undefined ? {} : { noise }),
  );
}

/** As the stages do it: a third is held back from the clustering, and what the clusters are tested by. */
function inParts(records: readonly UsableRecord[]): { seen: UsableRecord[]; heldBack: UsableRecord[] } {
  return {
    seen: records.filter((_, at) => at % 3 !== 0),
    heldBack: records.filter((_, at) => at % 3 === 0),
  };
}

async function clustersOf(seen: readonly UsableRecord[], smallestCluster: number): Promise<readonly Cluster[]> {
  const analyses = [await analyze(analyst, { shardId: 's', task: plantedTask, records: seen })];
  return (await taxonomyBy(analyst, { task: plantedTask, analyses, smallestCluster, maxClusters: 40 })).clusters;
}

async function largestCluster(records: readonly UsableRecord[], smallestCluster = 5): Promise<Cluster> {
  const [cluster] = await clustersOf(inParts(records).seen, smallestCluster);
  if (cluster === undefined) throw new Error('no cluster');
  return cluster;
}

function probesOf(cluster: Cluster, records: readonly UsableRecord[], name: string): Promise<readonly Probe[]> {
  const ids = new Set(cluster.traceIds);
  const { seen, heldBack } = inParts(records);
  return probesBy(analyst, {
    task: plantedTask,
    cluster,
    members: seen.filter((record) => ids.has(record.traceId)),
    passes: seen.filter((record) => record.verdict === 'pass'),
    material: heldBack,
    count: 12,
    random: stream(name),
  });
}

async function probe(
  cluster: Cluster,
  records: readonly UsableRecord[],
  champion: Champion,
  name: string,
): Promise<Weakness> {
  const results = (await probesOf(cluster, records, name)).map((made) => {
    const answer = champion(made.input, labelOf(made.expected));
    return { ...made, answer: labelOutput(answer), failed: answer !== labelOf(made.expected) };
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

/** Fails one input in twelve, whatever it says. */
function unlucky(input: string): boolean {
  return [...input].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 9973, 7) % 12 === 0;
}

function nextLabel(label: string): string {
  return plantedLabels[(plantedLabels.indexOf(label) + 1) % plantedLabels.length] ?? label;
}

const unluckyChampion: Champion = (input, label) => (unlucky(input) ? nextLabel(label) : label);

describe('probes of a cluster', () => {
  it('confirm a systematic confusion that a word brings about', async () => {
    const champion: Champion = (input, label) => (label === 'transfer' && /landlord/.test(input) ? 'pay_bill' : label);
    const records = traffic(
      champion,
      everyLabel(60, 'systematic', (input, at) => (at < 15 ? `${input} landlord` : input)),
    );
    const cluster = await largestCluster(records);
    expect(cluster).toMatchObject({ expected: 'transfer', answered: 'pay_bill' });
    expect(await probe(cluster, records, champion, 'a')).toMatchObject({ verdict: 'confirmed' });
  });

  it('are records of the region before all others, those that the champion has right among them', async () => {
    const champion: Champion = (input, label) =>
      label === 'transfer' && /landlord/.test(input) && input.length % 3 > 0 ? 'pay_bill' : label;
    const records = traffic(
      champion,
      everyLabel(90, 'region', (input, at) => (at < 30 ? `${input} landlord apartment rent` : input)),
    );
    const cluster = await largestCluster(records, 12);
    const probes = await probesOf(cluster, records, 'r');
    expect(new Set(probes.map(({ method, expected }) => `${method} ${expected}`))).toEqual(
      new Set(['neighbour transfer']),
    );
    expect(probes.slice(0, 6).map(({ input }) => /landlord/.test(input))).toEqual(Array(6).fill(true));
    expect(new Set(probes.slice(0, 6).map(({ input, expected }) => champion(input, labelOf(expected))))).toEqual(
      new Set(['transfer', 'pay_bill']),
    );
  });

  it('are given the words of the members where records run short', async () => {
    const champion: Champion = (input, label) => (label === 'transfer' && /landlord/.test(input) ? 'pay_bill' : label);
    const records = traffic(
      champion,
      everyLabel(18, 'short', (input, at) => (at % 3 !== 0 && at < 9 ? `${input} landlord` : input)),
    );
    const cluster = await largestCluster(records);
    const swapped = (await probesOf(cluster, records, 's')).filter(({ method }) => method === 'word-swap');
    expect(swapped.length).toBeGreaterThan(3);
    for (const { input, expected } of swapped) expect(champion(input, labelOf(expected))).toBe('pay_bill');
    expect(await probe(cluster, records, champion, 's')).toMatchObject({ verdict: 'confirmed' });
  });

  it('refute clusters of failures that came about by chance', async () => {
    const verdicts: string[] = [];
    for (const draw of ['one', 'two', 'three', 'four']) {
      const records = traffic(unluckyChampion, everyLabel(120, `chance ${draw}`));
      for (const cluster of await clustersOf(inParts(records).seen, 3))
        verdicts.push((await probe(cluster, records, unluckyChampion, cluster.clusterId)).verdict);
    }
    expect(verdicts.length).toBeGreaterThan(30);
    expect(verdicts.filter((verdict) => verdict === 'refuted').length).toBeGreaterThan(verdicts.length / 2);
    expect(verdicts.filter((verdict) => verdict === 'confirmed').length).toBeLessThanOrEqual(verdicts.length / 10);
  });

  it('refute a mixed cluster drawn at random from chance failures', async () => {
    const records = traffic(unluckyChampion, everyLabel(120, 'mixed'));
    const members = stream('draw')
      .shuffle(inParts(records).seen.filter((record) => record.verdict === 'fail'))
      .slice(0, 8);
    const coincidental: Cluster = {
      ...(await largestCluster(records)),
      cause: 'missed-label',
      expected: null,
      answered: null,
      keywords: ['kindly', 'tonight', 'again'],
      traceIds: members.map((member) => member.traceId),
    };
    expect(await probe(coincidental, records, unluckyChampion, 'b')).toMatchObject({ verdict: 'refuted' });
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

  it('of a length are records of that length, then passing inputs lengthened, which keep their label', async () => {
    const champion: Champion = (input, label) => (input.split(' ').length > 20 ? 'music' : label);
    const long = everyLabel(2, 'long', (input) => `${input} ${'and so on '.repeat(7)}`.trim());
    const records = traffic(champion, [...everyLabel(30, 'short'), ...long]);
    const cluster = await largestCluster(records);
    expect(cluster.cause).toBe('length');
    const probes = await probesOf(cluster, records, 'grow');
    expect(probes.length).toBe(12);
    expect(probes[0]?.method).toBe('neighbour');
    expect(new Set(probes.map((made) => made.method))).toEqual(new Set(['neighbour', 'lengthen']));
    for (const { input, expected } of probes) {
      expect(trueLabel(input)).toBe(expected);
      expect(input.split(' ').length).toBeGreaterThan(15);
    }
    expect(await probe(cluster, records, champion, 'd')).toMatchObject({ verdict: 'confirmed' });
  });

  it('of noise are records with such noise, then passing inputs given it', async () => {
    const champion: Champion = (input, label) =>
      input === input.toUpperCase() || /[a-z][A-Z]/.test(input) ? 'music' : label;
    const shouted = everyLabel(3, 'shout', (input) => input.toUpperCase()).map(
      ([input, label]): [string, string, string] => [input, label, 'casing'],
    );
    const records = traffic(champion, [...everyLabel(30, 'calm'), ...shouted.filter(([, label]) => label !== 'music')]);
    const cluster = await largestCluster(records);
    expect(cluster.cause).toBe('noise');
    const probes = await probesOf(cluster, records, 'e');
    expect(new Set(probes.slice(0, 6).map((made) => made.method))).toEqual(new Set(['neighbour']));
    expect(new Set(probes.slice(7).map((made) => made.method))).toEqual(new Set(['noise-casing']));
    expect(await probe(cluster, records, champion, 'e')).toMatchObject({ verdict: 'confirmed' });
  });
});
