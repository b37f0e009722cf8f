import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runLoop } from '../../cli/runtime/run-loop.ts';
import { openWorkspace, type Workspace } from '../../cli/workspace.ts';
import { createStatisticalAnalyst } from '../../shared/adapters/analysts/statistical/statistical-analyst.ts';
import { SeededRandom } from '../../shared/adapters/local/seeded-random.ts';
import { defaultBackEnds } from '../../shared/composition/default-back-ends.ts';
import { assembleDataset } from '../../shared/domain/curriculum/assemble-dataset.ts';
import { planFor } from '../../shared/domain/curriculum/curriculum-plan.ts';
import { selectBoundary } from '../../shared/domain/curriculum/select-boundary.ts';
import { restCluster, selectForCluster } from '../../shared/domain/curriculum/select-for-cluster.ts';
import { diagnosisPart } from '../../shared/domain/diagnosis/diagnosis-part.ts';
import { evidenceOf } from '../../shared/domain/evaluation/evidence-record.ts';
import { assignPlaces, leaks as findLeaks } from '../../shared/domain/evaluation/ledger.ts';
import { defaultSettings } from '../../shared/domain/models/settings.ts';
import type { UsableRecord } from '../../shared/domain/traces/trace-record.ts';
import { triageRecords } from '../../shared/domain/triage/triage-records.ts';
import { ingestTraces } from '../../shared/intake/ingest-traces.ts';
import { gateCandidates } from '../../shared/loop/decision/gate-candidates.ts';
import { chooseCheckpoint } from '../../shared/operations/choose-checkpoint.ts';
import { createModel } from '../../shared/operations/create-model.ts';
import { answerWith } from '../../shared/ports/back-ends.ts';
import { writeJson, writeJsonl } from '../../shared/ports/documents.ts';
import type { RandomStream } from '../../shared/ports/random.ts';
import { classification } from '../../shared/tasks/classification/classification.ts';
import { classificationTask } from '../../shared/tasks/classification/classification-spec.ts';
import { taskKinds } from '../../shared/tasks/task-kinds.ts';
import { analyze, taxonomyBy } from '../../test/helpers/analysis.ts';
import { stageContext } from '../../test/helpers/stage-context.ts';
import { type Labelled, loadClinc } from '../improvement/load-clinc.ts';
import { drawScenario, scenarios } from '../improvement/scenario.ts';
import { BigramTraffic, templates } from './bigram-traffic.ts';
import { madeUpOutOfFold, madeUpRecords } from './made-up-records.ts';

export interface StageRequest {
  readonly size: number;
  /** Holds clinc150/; null for templates. */
  readonly data: string | null;
  /** Runs the work and takes its time. */
  readonly timed: <T>(work: () => T | Promise<T>) => Promise<T>;
}

/**
 * What can be measured, by name. What a stage is given is made before the clock starts, yet counts in the peak of
 * memory.
 */
export const measuredStages: Readonly<Record<string, (request: StageRequest) => Promise<string>>> = {
  ingest,
  triage,
  places,
  leaks,
  evidence,
  taxonomy,
  curriculum,
  gate,
  run,
};

const intents = 30;
const salt = 'scale';
const modelId = 'scale';

async function trafficOf({ data }: StageRequest): Promise<{ traffic: BigramTraffic; random: RandomStream }> {
  const random = new SeededRandom().stream(1, 'scale');
  return { traffic: new BigramTraffic(data === null ? templates() : await rowsOf(data), random), random };
}

async function rowsOf(data: string): Promise<Labelled[]> {
  const { labels, train } = await loadClinc(data);
  const wanted = new Set(labels.slice(0, intents));
  return train.filter(({ label }) => wanted.has(label));
}

async function ingest(request: StageRequest): Promise<string> {
  const { traffic, random } = await trafficOf(request);
  return withWorkspace(async ({ ports }) => {
    await createModel(
      {
        modelId,
        task: 'classification',
        labels: traffic.labels,
        examples: null,
        backEnds: defaultBackEnds,
        trainerOptions: {},
        settings: {},
        seed: 1,
        by: 'bench',
      },
      ports,
    );
    async function* lines(): AsyncGenerator<Uint8Array> {
      const encoder = new TextEncoder();
      const each = 1_000;
      for (let from = 0; from < request.size; from += each) {
        const count = Math.min(each, request.size - from);
        const text = madeUpRecords(count, traffic, random).map((record, at) =>
          JSON.stringify({
            traceId: `t-${from + at}`,
            timestamp: record.timestamp,
            modelId,
            input: record.input,
            output: record.answer,
            confidence: record.confidence,
            expected: record.expected,
            judge: record.judgedBy,
          }),
        );
        yield encoder.encode(`${text.join('\n')}\n`);
      }
    }
    const result = await request.timed(() =>
      ingestTraces({ modelId, sources: [{ name: 'traffic', open: async () => lines() }] }, ports),
    );
    return `${result.ingested} traces ingested, ${result.quarantined} refused`;
  });
}

async function triage(request: StageRequest): Promise<string> {
  const { traffic, random } = await trafficOf(request);
  const records = madeUpRecords(request.size, traffic, random);
  const outOfFold = madeUpOutOfFold(records, traffic.labels, random);
  const verdicts = await request.timed(() =>
    triageRecords({
      records,
      kind: classification,
      labels: traffic.labels,
      outOfFold: { first: outOfFold, second: outOfFold },
    }),
  );
  return `${[...verdicts.values()].filter(({ category }) => category === 'clean').length} clean`;
}

async function places(request: StageRequest): Promise<string> {
  const { traffic, random } = await trafficOf(request);
  const items = itemsOf(madeUpRecords(request.size, traffic, random));
  const found = await request.timed(() => assignPlaces({ ledger: [], items, salt, reportShare: 0 }));
  return `${[...found.places.values()].filter(({ use }) => use === 'evidence').length} evidence`;
}

/** Whether any record that trains is a near-duplicate of evidence whose fold it lacks, where all are both. */
async function leaks(request: StageRequest): Promise<string> {
  const { traffic, random } = await trafficOf(request);
  const records = inPlace(madeUpRecords(request.size, traffic, random));
  const judging = records.flatMap(({ input, folds }) => folds.map((fold) => ({ input, fold })));
  const found = await request.timed(() => findLeaks(records, judging));
  return `${found.length} leaks`;
}

async function evidence(request: StageRequest): Promise<string> {
  const { traffic, random } = await trafficOf(request);
  const records = madeUpRecords(request.size, traffic, random);
  const found = await request.timed(() => evidenceOf(records, () => true));
  return `${found.length} records`;
}

function itemsOf(records: readonly UsableRecord[]): { id: string; input: string }[] {
  return records.map(({ traceId, input }) => ({ id: traceId, input }));
}

/** The records on the folds that they fall on. */
function inPlace(records: readonly UsableRecord[]): UsableRecord[] {
  const found = assignPlaces({ ledger: [], items: itemsOf(records), salt, reportShare: 0 });
  return records.map((record) => ({ ...record, ...found.places.get(record.traceId) }));
}

async function taxonomyOf(training: readonly UsableRecord[], labels: readonly string[]) {
  const analyst = createStatisticalAnalyst({ tasks: taskKinds });
  const task = classificationTask(labels);
  const discovery = training.filter(({ groupId }) => diagnosisPart(groupId, salt) === 'discovery');
  const { shardSize, smallestCluster, maxClusters } = defaultSettings;
  const analyses = [];
  for (let from = 0; from < discovery.length; from += shardSize) {
    const records = discovery.slice(from, from + shardSize);
    const shardId = `shard-${from}`;
    analyses.push(await analyze(analyst, { shardId, task, records }));
  }
  return taxonomyBy(analyst, { task, analyses, smallestCluster, maxClusters });
}

async function taxonomy(request: StageRequest): Promise<string> {
  const { traffic, random } = await trafficOf(request);
  const training = madeUpRecords(request.size, traffic, random);
  const { clusters } = await request.timed(() => taxonomyOf(training, traffic.labels));
  return `${clusters.length} clusters`;
}

async function curriculum(request: StageRequest): Promise<string> {
  const { traffic, random } = await trafficOf(request);
  const training = inPlace(madeUpRecords(request.size, traffic, random));
  const { clusters } = await taxonomyOf(training, traffic.labels);
  const plan = planFor('first');
  const kind = classification;
  const assembled = await request.timed(() => {
    const passes = training.filter(({ verdict }) => verdict === 'pass');
    const clustered = new Set(clusters.flatMap(({ traceIds }) => traceIds));
    const failures = training.filter(({ verdict }) => verdict === 'fail');
    const selections = [
      ...clusters.map((cluster) => {
        const ids = new Set(cluster.traceIds);
        const members = failures.filter(({ traceId }) => ids.has(traceId));
        return selectForCluster({
          cluster,
          weakness: null,
          members,
          passes,
          failingProbes: [],
          parent: [],
          plan,
          kind,
        });
      }),
      selectForCluster({
        cluster: restCluster,
        weakness: null,
        members: failures.filter(({ traceId }) => !clustered.has(traceId)),
        passes,
        failingProbes: [],
        parent: [],
        plan,
        kind,
      }),
    ];
    const boundary = selectBoundary({ passes, failuresByFacet: new Map(), plan, kind });
    return assembleDataset({
      mode: 'complement',
      gold: selections.flatMap(({ gold }) => gold),
      hardNegatives: selections.flatMap(({ hardNegatives }) => hardNegatives),
      boundary: boundary.gold,
      boundaryLeftOut: boundary.leftOut,
      parent: null,
      task: classificationTask(traffic.labels),
      kind,
      causes: new Map(),
      placed: training,
      plan,
    });
  });
  return `${assembled.examples.length} examples of ${clusters.length} clusters`;
}

async function gate(request: StageRequest): Promise<string> {
  const { traffic, random } = await trafficOf(request);
  const records = madeUpRecords(request.size, traffic, random);
  return withWorkspace(async ({ ports }) => {
    const created = await createModel(
      {
        modelId,
        task: 'classification',
        labels: [],
        examples: jsonLines(traffic.labels.map((label) => ({ input: label, output: label }))),
        backEnds: defaultBackEnds,
        trainerOptions: { foundation: 'none' },
        settings: {},
        seed: 1,
        by: 'bench',
      },
      ports,
    );
    const champion = await chooseCheckpoint(modelId, null, ports);
    const weighed = evidenceOf(records, () => true);
    const run = { runId: 'run-scale', modelId, seed: 1 };
    await writeJson(ports.objects, 'scale/plan.json', {
      run: {
        ...run,
        status: 'running',
        championId: champion.checkpointId,
        startedAt: champion.createdAt,
        finishedAt: null,
        decision: null,
        reason: '',
        resultId: null,
        reportKey: null,
        failure: null,
      },
      model: created.model,
      champion,
      parentDataset: created.dataset,
      parentExamplesKey: '',
      parts: 5,
      frozenSets: [],
      logVersion: '',
    });
    const key = 'scale/evidence.jsonl';
    await writeJsonl(ports.objects, key, weighed);
    const candidates = ['i1-c1', 'i1-c2', 'i1-c3'].map((candidateId) => ({
      candidateId,
      checkpointId: champion.checkpointId,
      key: '',
    }));
    const evaluated: Parameters<typeof gateCandidates.run>[0]['evaluated'] = [];
    for (const { candidateId } of candidates) {
      const answers = weighed.map((record) => {
        const right = random.next() < (record.right ? 0.995 : 0.7);
        return { exampleId: record.exampleId, output: right ? record.expected : null, confidence: 0.5, right };
      });
      const answersKey = `scale/${candidateId}.jsonl`;
      await writeJsonl(ports.objects, answersKey, answers);
      const right = answers.filter((answer) => answer.right).length;
      evaluated.push({ candidateId, answersKey, size: answers.length, right, fit: null });
    }
    const frozen = { key: '', size: 0, right: 0 };
    await writeJsonl(ports.objects, 'scale/none.jsonl', []);
    const none = { ...frozen, key: 'scale/none.jsonl' };
    const verdict = await request.timed(() =>
      gateCandidates.run(
        {
          run,
          lease: { owner: 'bench', fencingToken: 1 },
          iteration: 1,
          item: 'all',
          prepared: {
            planKey: 'scale/plan.json',
            championId: champion.checkpointId,
            traces: request.size,
          },
          split: {
            recordsKey: '',
            evidence: { key, size: weighed.length, right: weighed.filter(({ right }) => right).length },
            failures: 1_000,
            enoughEvidence: true,
            reason: null,
            people: 'p',
            keptOut: null,
          },
          lineage: {
            champion: 'first',
            parentDatasetId: '',
            parentExamples: 0,
            modes: [],
            preceding: none,
            earlier: none,
            correctedSets: 0,
          },
          candidates,
          evaluated,
        },
        stageContext(ports, (file) => `scale/gate/${file}`),
      ),
    );
    return `${weighed.length} records, ${candidates.length} candidates, ${verdict.outcome}`;
  });
}

/**
 * One whole run on real text, the embeddings of its traffic not known before: scenario A of the improvement benchmark.
 */
async function run(request: StageRequest): Promise<string> {
  const [scenario] = scenarios;
  if (request.data === null || scenario === undefined) throw new Error('A run is measured on CLINC150: give --data.');
  const draw = drawScenario(scenario, await loadClinc(request.data), new SeededRandom().stream(1, 'scale-run'));
  const traffic = (draw.cycles[0] ?? []).slice(0, request.size);
  const outputs = await withWorkspace(async ({ ports }) => {
    await createFirst(draw.examples, ports);
    return answerWith(
      await chooseCheckpoint(modelId, null, ports),
      traffic.map(({ text }) => text),
      ports,
    );
  });
  return withWorkspace(async (workspace) => {
    await createFirst(draw.examples, workspace.ports);
    const lines = traffic.map(({ text, label }, at) => ({
      traceId: `t-${at}`,
      timestamp: new Date(Date.parse('2026-01-01T00:00:00Z') + at * 60_000).toISOString(),
      modelId,
      input: text,
      output: outputs[at]?.output ?? null,
      confidence: outputs[at]?.confidence ?? 0,
      expected: label,
      judge: { kind: 'rule', id: 'truth', reason: '' },
    }));
    await ingestTraces(
      { modelId, sources: [{ name: 'traffic', open: async () => jsonLines(lines) }] },
      workspace.ports,
    );
    const quiet = {
      stageStarted: () => undefined,
      stageProgress: () => undefined,
      stageFinished: () => undefined,
      stagePassedOver: () => undefined,
      stageFailed: () => undefined,
      note: () => undefined,
      stop: () => undefined,
    };
    const result = await request.timed(() => runLoop(workspace, { modelId, seed: 1 }, quiet));
    return `${traffic.length} traces, ${result.decision}`;
  });
}

async function createFirst(examples: readonly Labelled[], ports: Workspace['ports']): Promise<void> {
  await createModel(
    {
      modelId,
      task: 'classification',
      labels: [],
      examples: jsonLines(examples.map(({ text, label }) => ({ input: text, output: label }))),
      backEnds: defaultBackEnds,
      trainerOptions: {},
      settings: {},
      seed: 1,
      by: 'bench',
    },
    ports,
  );
}

async function withWorkspace<T>(work: (workspace: Workspace) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'ratchet-scale-'));
  const observer = { progress: () => undefined, note: () => undefined };
  const workspace = await openWorkspace(directory, { observer, create: true });
  try {
    return await work(workspace);
  } finally {
    await workspace.close();
    await rm(directory, { recursive: true, force: true });
  }
}

async function* jsonLines(values: readonly unknown[]): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for (const value of values) yield encoder.encode(`${JSON.stringify(value)}\n`);
}
