import { LRUCache } from 'lru-cache';
import { type ClusterTrait, identifyClusters } from '../../domain/diagnosis/cluster-identity.ts';
import { type Cluster, taxonomySchema } from '../../domain/diagnosis/taxonomy.ts';
import type { Run } from '../../domain/models/run.ts';
import { isFunctionWord } from '../../domain/similarity/function-words.ts';
import { documentFrequencies } from '../../domain/similarity/keywords.ts';
import { splitRecordSchema } from '../../domain/traces/trace-record.ts';
import { completedOutput } from '../../loop/engine/completed-output.ts';
import { taxonomyRefSchema } from '../../loop/state/diagnosis.ts';
import { splitSchema } from '../../loop/state/split.ts';
import { triagedSchema } from '../../loop/state/triaged.ts';
import { readJson, readJsonl } from '../../ports/documents.ts';
import type { Ports } from '../../ports/ports.ts';
import type { FailureCluster, Failures } from './messages.ts';
import { runSummary } from './overviews.ts';
import { exampleMessage, mendedMessage } from './report-messages.ts';
import type { RunReports } from './run-reports.ts';

/** Runs that are looked back on. */
const mostRuns = 12;
const heldMs = 10 * 60_000;

interface Looked {
  readonly run: Run;
  readonly judged: number;
  readonly failing: number;
  readonly unclustered: number;
  readonly clusters: readonly Cluster[];
  readonly traits: readonly ClusterTrait[];
}

/** What the runs of a model found of its failures, each failure known again over the runs. */
export class FailureHistory {
  readonly #ports: Ports;
  readonly #reports: RunReports;
  readonly #held = new LRUCache<string, Looked>({ max: 60, ttl: heldMs });

  constructor(ports: Ports, reports: RunReports) {
    this.#ports = ports;
    this.#reports = reports;
  }

  /** The clusters of the newest run that looked for failures, with their history. */
  async of(modelId: string): Promise<Failures> {
    const ended = (await this.#ports.lineage.listRuns(modelId)).filter(({ status }) => status === 'finished');
    const looked: Looked[] = [];
    for (const run of ended.slice(-mostRuns)) {
      const found = await this.#look(run);
      if (found !== null) looked.push(found);
    }
    const last = looked.at(-1);
    if (last === undefined) {
      return { run: null, judged: 0, failing: 0, unclustered: 0, notes: [], clusters: [], gone: [] };
    }
    const known = identifyClusters(looked.map(({ run, traits }) => ({ run: run.runId, clusters: traits })));
    const identities = new Map(known.map((one) => [`${one.run} ${one.clusterId}`, one.identity]));
    const identityOf = (run: Run, cluster: Cluster) => identities.get(`${run.runId} ${cluster.clusterId}`) ?? '';
    const historyOf = (identity: string): FailureCluster['history'] =>
      looked.map(({ run, judged, clusters }) => ({
        run: run.runId,
        startedAt: run.startedAt,
        size: clusters.find((cluster) => identityOf(run, cluster) === identity)?.size ?? 0,
        of: judged,
      }));
    const report = await this.#reports.of(last.run);
    const reported = new Map(report?.data.taxonomy?.clusters.map((cluster) => [cluster.clusterId, cluster]));
    const now = new Set(last.clusters.map((cluster) => identityOf(last.run, cluster)));
    const gone = new Map<string, FailureCluster>();
    for (const { run, clusters } of looked) {
      for (const cluster of clusters) {
        const identity = identityOf(run, cluster);
        if (!now.has(identity))
          gone.set(identity, { ...plainCluster(cluster, identity), history: historyOf(identity) });
      }
    }
    return {
      run: runSummary(last.run),
      judged: last.judged,
      failing: last.failing,
      unclustered: last.unclustered,
      notes: [...(report?.data.taxonomy?.notes ?? [])],
      clusters: last.clusters
        .toSorted((a, b) => b.size - a.size)
        .map((cluster): FailureCluster => {
          const identity = identityOf(last.run, cluster);
          const of = reported.get(cluster.clusterId);
          return {
            ...plainCluster(cluster, identity),
            history: historyOf(identity),
            mended: mendedMessage(of?.gain ?? null),
            probes: of?.weakness == null ? null : probesOf(of.weakness),
            examples: of?.examples.map(exampleMessage) ?? [],
          };
        }),
      gone: [...gone.values()],
    };
  }

  async #look(run: Run): Promise<Looked | null> {
    const known = this.#held.get(run.runId);
    if (known !== undefined) return known;
    const { objects } = this.#ports;
    const at = { run, iteration: 0, item: 'all' };
    const [taxonomyRef, split, triaged] = await Promise.all([
      completedOutput('build-taxonomy', at, taxonomyRefSchema, objects),
      completedOutput('split-traces', at, splitSchema, objects),
      completedOutput('triage-traces', at, triagedSchema, objects),
    ]);
    if (taxonomyRef === null || split === null || triaged === null) return null;
    const taxonomy = await readJson(objects, taxonomyRef.taxonomyKey, taxonomySchema);
    const records = await readJsonl(objects, split.recordsKey, splitRecordSchema);
    const inputs = new Map(records.map(({ traceId, input }) => [traceId, input]));
    const looked = {
      run,
      judged: triaged.passes + triaged.failures,
      failing: triaged.failures,
      unclustered: taxonomy.unclustered,
      clusters: taxonomy.clusters,
      traits: taxonomy.clusters.map((cluster) => traitOf(cluster, inputs)),
    };
    this.#held.set(run.runId, looked);
    return looked;
  }
}

function traitOf(cluster: Cluster, inputs: ReadonlyMap<string, string>): ClusterTrait {
  const texts = cluster.traceIds.flatMap((traceId) => inputs.get(traceId) ?? []);
  const terms = new Map([...documentFrequencies(texts)].filter(([word]) => !isFunctionWord(word)));
  const { clusterId, expected, answered, traceIds } = cluster;
  return { clusterId, expected, answered, traceIds, terms };
}

function plainCluster(cluster: Cluster, identity: string): Omit<FailureCluster, 'history'> {
  const { title, cause, fixability, expected, answered, keywords, evidence, size } = cluster;
  return {
    identity,
    ...{ title, cause, fixability, expected, answered, keywords, evidence, size },
    ...{ mended: null, probes: null, examples: [] },
  };
}

function probesOf(
  weakness: NonNullable<FailureCluster['probes']> & { readonly clusterId: string },
): FailureCluster['probes'] {
  const { verdict, probes, failed, lower, upper, baseRate, reason } = weakness;
  return { verdict, probes, failed, lower, upper, baseRate, reason };
}
