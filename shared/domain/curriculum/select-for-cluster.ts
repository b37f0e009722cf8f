import type { TaskKind } from '../base/task-kind.ts';
import { compareText } from '../base/text.ts';
import { isSureOf, type ProbeResult, type Weakness } from '../diagnosis/probe.ts';
import type { Cluster } from '../diagnosis/taxonomy.ts';
import type { Example } from '../models/example.ts';
import { SimilarityIndex } from '../similarity/similarity-index.ts';
import type { UsableRecord } from '../traces/trace-record.ts';
import { confusableWith, isConfusable, mayBeConfusable } from './confusable.ts';
import type { CurriculumPlan } from './curriculum-plan.ts';
import { candidateOf, type ExampleCandidate } from './example-candidate.ts';
import { nearPassesOf } from './near-passes.ts';

type SelectionKind = Pick<TaskKind, 'facets' | 'show' | 'variants'>;

export interface ClusterSelectionRequest {
  readonly cluster: Pick<Cluster, 'clusterId' | 'cause' | 'fixability'>;
  /** What the probes said; null when there were none. */
  readonly weakness: Weakness | null;
  /** The cluster's failing records, of those that train. */
  readonly members: readonly UsableRecord[];
  /** All passing records that train; what finds the nearest is kept for as long as the array. */
  readonly passes: readonly UsableRecord[];
  /** Probes of the cluster that the champion failed. */
  readonly failingProbes: readonly ProbeResult[];
  /**
   * The parent's dataset: where hard negatives are synthesised from when no trace passes that a failure can be confused
   * with.
   */
  readonly parent: readonly Example[];
  /** Ids of members that the latest candidate still fails: only these get variants; all do when it is absent. */
  readonly remaining?: ReadonlySet<string>;
  readonly plan: CurriculumPlan;
  readonly kind: SelectionKind;
}

/** What one cluster gives to the curriculum; JSON-serialisable. */
export interface ClusterSelection {
  readonly clusterId: string;
  readonly cause: Cluster['cause'];
  readonly gold: readonly ExampleCandidate[];
  /** The hard negatives of the failures first, then further near passes; the assembly decides how many it needs. */
  readonly hardNegatives: readonly ExampleCandidate[];
  /** Failures for which no trace passes that they can be confused with. */
  readonly withoutNearPass: number;
}

/** Stands for the failures that are in no cluster, or in one beyond the limit, so that they train too. */
export const restCluster = {
  clusterId: 'rest',
  cause: 'missed-label',
  fixability: 'fixable',
} as const satisfies ClusterSelectionRequest['cluster'];

/**
 * Gold and hard negatives of one cluster.
 *
 * Gold: every corrected failure, failing probes whose right answer is sure, and variants where the plan asks for some.
 * Hard negatives: for each failure the passing trace nearest to it among those that it can be confused with (see
 * `Confusable`; of a classification, those of the label that was answered), one of its own as long as they last, then
 * the next nearest. Only when no such trace passes, a variant of the nearest such parent example stands in.
 *
 * An external cluster gives nothing: no training mends it. A refuted cluster keeps its gold, since a corrected failure
 * is a true label whatever the probes say, and gives no hard negatives, since there is no systematic confusion to draw
 * a line through. Nor does any cluster where the plan asks for none.
 */
export function selectForCluster(request: ClusterSelectionRequest): ClusterSelection {
  const { cluster, plan, kind } = request;
  const members = request.members
    .filter((record) => record.verdict === 'fail')
    .sort((a, b) => compareText(a.traceId, b.traceId));
  const empty = { clusterId: cluster.clusterId, cause: cluster.cause, gold: [], hardNegatives: [], withoutNearPass: 0 };
  if (cluster.fixability === 'external') return empty;

  const gold = [
    ...members.map((record, rank) =>
      candidateOf(record, {
        clusterId: cluster.clusterId,
        why: `corrected failure: answered ${record.answer === null ? 'nothing' : kind.show(record.answer)}`,
        rank,
      }),
    ),
    ...request.failingProbes
      .filter((probe) => probe.failed && isSureOf(probe))
      .map(probeCandidate)
      .sort((a, b) => compareText(a.input, b.input)),
    ...members
      .filter((record) => request.remaining?.has(record.traceId) !== false)
      .flatMap((record) => variantsOf(record, cluster.clusterId, plan.addedPerFailure, kind)),
  ];
  if (request.weakness?.verdict === 'refuted' || plan.hardNegativesPerFailure === 0) return { ...empty, gold };

  const each = Math.max(
    plan.hardNegativesPerFailure,
    Math.min(mostEach, Math.floor(enoughPerCluster / Math.max(1, members.length))),
  );
  const { found, lacking } = nearestPasses(members, request.passes, cluster.clusterId, each, kind);
  return {
    ...empty,
    gold,
    hardNegatives: [...found, ...synthesised(lacking, request.parent, cluster.clusterId, kind)].sort(
      (a, b) => a.rank - b.rank || compareText(a.input, b.input),
    ),
    withoutNearPass: lacking.length,
  };
}

/** Where failures are few, passes further off make up the slice: so many a cluster, at most so many a failure. */
const enoughPerCluster = 600;
const mostEach = 60;

function probeCandidate(probe: ProbeResult): ExampleCandidate {
  return {
    input: probe.input,
    output: probe.expected,
    origin: 'probe',
    provenance: { kind: 'probe', probeId: probe.probeId, traceId: probe.traceId, clusterId: probe.clusterId },
    judge: null,
    timestamp: null,
    rank: 0,
    margin: 0,
  };
}

function variantsOf(record: UsableRecord, clusterId: string, count: number, kind: SelectionKind): ExampleCandidate[] {
  return kind.variants(record.input, record.expected, count).map(({ method, input, output }) => ({
    input,
    output,
    origin: 'synthesis',
    provenance: { kind: 'synthesis', method, traceId: record.traceId, clusterId },
    judge: null,
    timestamp: null,
    rank: 0,
    margin: 0,
  }));
}

function nearestPasses(
  members: readonly UsableRecord[],
  passes: readonly UsableRecord[],
  clusterId: string,
  perFailure: number,
  kind: SelectionKind,
): { found: ExampleCandidate[]; lacking: UsableRecord[] } {
  const search = nearPassesOf(passes, kind);
  const best = new Map<number, { rank: number; failure: string }>();
  const claimed = new Set<number>();
  const lacking: UsableRecord[] = [];
  for (const failure of members) {
    const confusable = confusableWith(failure, kind);
    const near = search.nearest(failure.input, confusable, perFailure);
    if (near.length === 0) {
      // Nothing shares a feature of the text; any such pass draws the line all the same.
      const any = search.passes.findIndex((_, at) => !claimed.has(at) && search.isOne(at, confusable));
      if (any >= 0) near.push({ index: any, similarity: 0 });
      else if (!search.passes.some((_, at) => search.isOne(at, confusable))) lacking.push(failure);
    }
    const own = near.findIndex(({ index: at }) => !claimed.has(at));
    near.forEach(({ index: at, similarity }, place) => {
      const rank = (place === own ? 0 : place + 1) + 1 - similarity;
      if (place === own) claimed.add(at);
      const before = best.get(at);
      if (before === undefined || rank < before.rank) best.set(at, { rank, failure: failure.traceId });
    });
  }
  const found = [...best].flatMap(([at, { rank, failure }]) => {
    const pass = search.passes[at];
    return pass === undefined ? [] : [candidateOf(pass, { clusterId, why: `near failing trace ${failure}`, rank })];
  });
  return { found, lacking };
}

function synthesised(
  failures: readonly UsableRecord[],
  parent: readonly Example[],
  clusterId: string,
  kind: SelectionKind,
): ExampleCandidate[] {
  if (failures.length === 0) return [];
  const wanted = failures.map((failure) => ({ failure, confusable: confusableWith(failure, kind) }));
  const isWanted = mayBeConfusable(
    wanted.map(({ confusable }) => confusable),
    kind,
  );
  const material = parent
    .filter((example) => isWanted(example.output))
    .sort((a, b) => compareText(a.exampleId, b.exampleId));
  const index = new SimilarityIndex(material.map((example) => example.input));
  const seen = new Set<string>();
  return wanted.flatMap(({ failure, confusable }) => {
    const near = index.nearest(failure.input, 1, (at) => {
      const example = material[at];
      return example !== undefined && !seen.has(example.exampleId) && isConfusable(example.output, confusable, kind);
    });
    return near.flatMap(({ index: at, similarity }) => {
      const example = material[at];
      if (example === undefined) return [];
      seen.add(example.exampleId);
      return kind.variants(example.input, example.output, 1).map(
        ({ method, input, output }): ExampleCandidate => ({
          input,
          output,
          origin: 'synthesis',
          provenance: { kind: 'synthesis', method, traceId: failure.traceId, clusterId },
          judge: null,
          timestamp: null,
          rank: 1 - similarity,
          margin: 0,
        }),
      );
    });
  });
}
