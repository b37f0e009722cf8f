import { describe, expect, test } from 'vitest';
import { type Probe, probeResultSchema, weaknessSchema } from '../../../../shared/domain/diagnosis/probe.ts';
import type { Taxonomy } from '../../../../shared/domain/diagnosis/taxonomy.ts';
import type { SplitRecord } from '../../../../shared/domain/traces/trace-record.ts';
import { confirmWeaknesses } from '../../../../shared/loop/diagnosis/confirm-weaknesses.ts';
import { analystRun } from '../../../../shared/loop/engine/analyst-run.ts';
import { Unfinished } from '../../../../shared/loop/engine/stage.ts';
import type { Analyst, ProbeRequest } from '../../../../shared/ports/analyst.ts';
import { analystNamed, predictorNamed } from '../../../../shared/ports/back-ends.ts';
import { readJson, readJsonl, writeJson, writeJsonl } from '../../../../shared/ports/documents.ts';
import { doneAtOnce, noUsage } from '../../../../shared/ports/long-work.ts';
import type { Predictor } from '../../../../shared/ports/predictor.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { foldModels } from '../../../helpers/fold-models.ts';
import { sampleCheckpoint, sampleModel, sampleRun } from '../../../helpers/lineage-samples.ts';
import { MemoryBudgets } from '../../../helpers/memory-budgets.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';
import { putPlan, sampleHead, samplePrepared, sampleRecord } from '../../../helpers/record-samples.ts';
import { sampleCluster } from '../../../helpers/sample-cluster.ts';
import { stageContext } from '../../../helpers/stage-context.ts';

const member = sampleRecord('member', { verdict: 'fail', answer: labelOutput('ham') });

const probeOf = (traceId: string): Probe => ({
  probeId: `probe of ${traceId}`,
  clusterId: 'c1',
  input: `about ${traceId}`,
  expected: labelOutput('spam'),
  traceId,
  method: 'variant',
});

interface Given {
  readonly records?: readonly SplitRecord[];
  /** Traces of the cluster. */
  readonly traceIds?: readonly string[];
  readonly probes?: Analyst['probes'];
  readonly probesPerCluster?: number;
  readonly predictor?: Partial<Predictor>;
  readonly budgetUsd?: number;
  readonly folds?: ReturnType<typeof foldModels> | null;
}

/** The stage of a cluster, by default with a probe of each record of the material; a predictor answers with the model's name. */
async function prepared(given: Given = {}) {
  const { probesPerCluster = 12, folds = foldModels(10), budgetUsd } = given;
  const memory = memoryPorts({ answer: (_, { ref }) => ref });
  const requests: ProbeRequest[] = [];
  const made = doneAtOnce(async (request: ProbeRequest): Promise<readonly Probe[]> => {
    requests.push(request);
    return request.material.map(({ traceId }) => probeOf(traceId));
  });
  const analyst: Analyst = { ...analystNamed('statistical', memory), probes: given.probes ?? made };
  const predictor: Predictor = { ...predictorNamed('embedded', memory), ...given.predictor };
  const ports = {
    ...memory,
    analysts: new Map([[analyst.name, analyst]]),
    predictors: new Map([[predictor.name, predictor]]),
    budgets: new MemoryBudgets(),
  };
  const plan = await putPlan(ports, {
    run: sampleRun(budgetUsd === undefined ? {} : { budgetUsd }),
    model: sampleModel({ settings: { ...sampleModel().settings, probesPerCluster } }),
    champion: sampleCheckpoint({ folds }),
  });
  await writeJsonl(ports.objects, 'records', given.records ?? []);
  const cluster = sampleCluster({ cause: 'label-confusion', traceIds: [...(given.traceIds ?? ['member'])] });
  const taxonomy: Taxonomy = { clusters: [cluster], unclustered: 0, confusions: [], causes: {} };
  await writeJson(ports.objects, 'taxonomy.json', taxonomy);
  const input = {
    ...sampleHead,
    item: 'c1',
    prepared: samplePrepared,
    split: { recordsKey: 'records' },
    taxonomyKey: 'taxonomy.json',
    cluster: { clusterId: 'c1', size: 1 },
  };
  return { ports, plan, cluster, requests, input, context: stageContext(ports, (file) => `here/${file}`) };
}

async function confirm(given: Given = {}) {
  const { ports, input, context, ...rest } = await prepared(given);
  const output = await confirmWeaknesses.run(input, context);
  if (output instanceof Unfinished) throw new Error('it is not done');
  const results = await readJsonl(ports.objects, output.probesKey, probeResultSchema);
  return { ...rest, output, results, weakness: await readJson(ports.objects, output.weaknessKey, weaknessSchema) };
}

const spam = { output: labelOutput('spam'), confidence: 1, alternatives: [] };
const material = (count: number) =>
  Array.from({ length: count }, (_, at) => sampleRecord(`t${at}`, { folds: [at % 10], part: 'probing' }));

test('a probe is answered by the model that has not seen the trace it is made of, and made of nothing for the report', async () => {
  const { requests, results } = await confirm({
    records: [
      sampleRecord('t3', { folds: [3], part: 'probing' }),
      sampleRecord('t8', { folds: [8], part: 'probing' }),
      sampleRecord('first', { folds: [], use: 'none', part: 'probing' }),
      sampleRecord('report', { use: 'report', folds: [...Array(10).keys()], part: 'probing' }),
      member,
    ],
  });
  expect(requests.map((request) => request.material.map(({ traceId }) => traceId))).toEqual([['t3', 't8', 'first']]);
  expect(results.map(({ traceId, answer }) => [traceId, answer])).toEqual([
    ['t3', 'part-3'],
    ['t8', 'part-8'],
    ['first', 'artifacts/c1'],
  ]);
});

test('a probe of no trace of the run is answered by the champion as it is served', async () => {
  const probes = doneAtOnce(async () => [probeOf('elsewhere')]);
  const { results } = await confirm({ records: [...material(3), member], probes });
  expect(results.map(({ answer }) => answer)).toEqual(['artifacts/c1']);
});

test('probes are asked for with the failures of the cluster, each once and in the order of the run, and with passes', async () => {
  const records = [sampleRecord('pass'), sampleRecord('second', { verdict: 'fail' }), member, ...material(2)];
  const traceIds = ['member', 'second', 'gone', 'member'];
  const { requests, plan, cluster, output } = await confirm({ records, traceIds, probesPerCluster: 7 });
  const [request = expect.fail('nothing was asked for')] = requests;
  const { random, ...asked } = request;
  expect(asked).toEqual({
    run: analystRun(plan),
    task: plan.model.task,
    cluster,
    members: [records[1], records[2]],
    passes: [records[0]],
    material: records.slice(3),
    count: 7,
  });
  expect(output).toMatchObject({ weaknessKey: 'here/weakness.json', probesKey: 'here/probes.jsonl' });
});

test('what chance draws for one cluster is not what it draws for another, and the same each time', async () => {
  const { ports, requests, input, context } = await prepared({ records: [...material(2), member] });
  const clusters = ['c1', 'c2', 'c1'].map((clusterId) => sampleCluster({ clusterId, traceIds: ['member'] }));
  for (const [at, cluster] of clusters.entries()) {
    const taxonomyKey = `taxonomy-${at}.json`;
    await writeJson(ports.objects, taxonomyKey, { clusters: [cluster], unclustered: 0, confusions: [], causes: {} });
    await confirmWeaknesses.run({ ...input, taxonomyKey, cluster: { clusterId: cluster.clusterId, size: 1 } }, context);
  }
  const [first, other, again] = requests.map(({ random }) => random.next());
  expect(again).toBe(first);
  expect(other).not.toBe(first);
});

describe('a weakness', () => {
  test('is confirmed where the champion fails the probes, which are kept with what it answered', async () => {
    const { output, results, weakness } = await confirm({ records: [...material(10), member] });
    expect(results).toHaveLength(10);
    expect(results[0]).toEqual({ ...probeOf('t0'), answer: 'part-0', failed: true });
    expect(weakness).toMatchObject({ clusterId: 'c1', verdict: 'confirmed', probes: 10, failed: 10 });
    expect(weakness.baseRate).toBeCloseTo(1 / 11);
    expect(output).toMatchObject({ clusterId: 'c1', verdict: 'confirmed' });
  });

  test('is refuted where it answers them right', async () => {
    const predictor = { predict: async (_: unknown, inputs: readonly string[]) => inputs.map(() => spam) };
    const { output, results, weakness } = await confirm({ records: [...material(10), member], predictor });
    expect(results.map(({ failed }) => failed)).toEqual(Array(10).fill(false));
    expect(weakness).toMatchObject({ verdict: 'refuted', failed: 0 });
    expect(output).toMatchObject({ verdict: 'refuted' });
  });

  test('is not asked about where the model wants no probes', async () => {
    const never = { start: () => expect.fail('asked'), advance: () => expect.fail('asked') };
    const { results, weakness } = await confirm({ records: [member], probes: never, probesPerCluster: 0 });
    expect(results).toEqual([]);
    expect(weakness).toMatchObject({ verdict: 'not-enough-evidence', reason: 'No probes were made.' });
  });

  test('is judged by the probes that the budget of the run covers', async () => {
    const predictor: Partial<Predictor> = {
      chunk: 2,
      mostCost: async (_, inputs) => inputs.length,
      predict: async (_, inputs, options) => {
        options?.onUsage?.({ inputTokens: 1, outputTokens: 1, usd: inputs.length });
        return inputs.map(() => spam);
      },
    };
    const given = { records: [...material(5), member], predictor, folds: null, budgetUsd: 2 };
    const { results, weakness } = await confirm(given);
    expect(results.map(({ traceId }) => traceId)).toEqual(['t0', 't1']);
    expect(weakness.reason).toBe('The budget covered 2 of 5 probes; fewer than 4 say nothing.');
  });
});

describe('a stage that goes on later', () => {
  const records = [...material(4), member];

  test('waits for the probes', async () => {
    const keys: string[] = [];
    const probes: Analyst['probes'] = {
      start: async (key) => {
        keys.push(key);
        return { status: 'working', handle: 'later', done: 0, total: 1, waitSeconds: 1 };
      },
      advance: async () => ({ status: 'done', value: [probeOf('t1')], usage: noUsage }),
    };
    const { input, context } = await prepared({ records, probes });
    const waiting = await confirmWeaknesses.run(input, context);
    if (!(waiting instanceof Unfinished)) throw new Error('it did not wait');
    expect(keys).toEqual(['here/probes']);
    const output = await confirmWeaknesses.run(input, { ...context, handle: waiting.work.handle });
    expect(output).toMatchObject({ verdict: 'not-enough-evidence' });
  });

  test('waits for the answers, and has judged nothing yet', async () => {
    const { ports, input, context } = await prepared({ records, predictor: { chunk: 1 } });
    const late = { ...context, deadline: ports.clock.now() - 1 };
    expect(await confirmWeaknesses.run(input, late)).toBeInstanceOf(Unfinished);
    const written = await ports.objects.list('here/');
    expect(written).not.toContain('here/weakness.json');
    expect(written).toHaveLength(1);
    expect(written[0]).toMatch(/^here\/probes-/);
  });
});
