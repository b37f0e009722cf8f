import { z } from 'zod';
import type { Json } from '../../../domain/base/json.ts';
import type { TaskKind } from '../../../domain/base/task-kind.ts';
import type { AcceptedCluster } from '../../../domain/diagnosis/proposed-clusters.ts';
import { fixability } from '../../../domain/diagnosis/root-cause.ts';
import type { Cluster, Failure, Taxonomy } from '../../../domain/diagnosis/taxonomy.ts';
import { overviewOf, sizesByCause, textsOf, withIds } from './cluster-failures.ts';
import { describeCluster } from './describe-cluster.ts';
import { type Fault, missedAlone, surplusAlone } from './fault.ts';
import type { Group } from './group.ts';
import { mergeAnalyses } from './merge-analyses.ts';
import { shardAnalysisSchema } from './shard-analysis.ts';

export interface RebuildRequest {
  /** What counting made. */
  readonly taxonomy: Taxonomy;
  readonly analyses: readonly Json[];
  /** What takes failures out of it, each at most once. */
  readonly accepted: readonly AcceptedCluster[];
}

/** The failures of shards that were counted. */
export function failuresIn(analyses: readonly Json[]): readonly Failure[] {
  return z
    .array(shardAnalysisSchema)
    .parse(analyses)
    .flatMap(({ failures }) => failures);
}

/**
 * A taxonomy with clusters that somebody else put together: counted anew, with the titles, reasons and causes that were
 * given. What nobody took stays where it was. Whether training can mend a cluster stays what counting says of it.
 */
export function rebuildTaxonomy({ taxonomy, analyses, accepted }: RebuildRequest, kind: TaskKind): Taxonomy {
  const evidence = mergeAnalyses(z.array(shardAnalysisSchema).parse(analyses), kind);
  const faults = new Map(evidence.failures.map((fault) => [fault.traceId, fault]));
  const overview = overviewOf(evidence);
  const taken = new Set(accepted.flatMap(({ traceIds }) => traceIds));
  const membersOf = (ids: readonly string[]) => ids.flatMap((id) => faults.get(id) ?? []);
  const drafts = [
    ...taxonomy.clusters
      .map((cluster) => ({ before: cluster, members: membersOf(cluster.traceIds.filter((id) => !taken.has(id))) }))
      .filter(({ members }) => members.length > 0)
      .map(({ before, members }) => ({ before, given: null, members })),
    ...accepted.map((given) => {
      const own = new Set(given.traceIds);
      const before = taxonomy.clusters.find(({ traceIds }) => traceIds.some((id) => own.has(id))) ?? null;
      return { before, given, members: membersOf(given.traceIds) };
    }),
  ].map((draft) => ({ ...draft, group: groupOf(draft.members, draft.before) }));
  const texts = textsOf(drafts.map(({ group }) => group));
  const described = drafts.map(({ before, given, group }) => {
    if (given === null && before?.size === group.members.length) {
      const { clusterId: _, ...same } = before;
      return same;
    }
    const counted = describeCluster(group, overview, texts, kind);
    return given === null ? counted : withWords(counted, given);
  });
  const clusters = withIds(
    described.toSorted((a, b) => b.size - a.size || ((a.traceIds[0] ?? '') < (b.traceIds[0] ?? '') ? -1 : 1)),
  );
  const clustered = clusters.reduce((sum, { size }) => sum + size, 0);
  return { ...taxonomy, clusters, unclustered: evidence.failures.length - clustered, causes: sizesByCause(clusters) };
}

/** What the members have in common, as counting would see it; an external cause stays that of the cluster before. */
function groupOf(members: readonly Fault[], before: Cluster | null): Group {
  const expected = common(members.map(missedAlone));
  const answered = common(members.map(surplusAlone));
  const pattern = common(members.map((fault) => fault.pattern.key));
  const facets = { expected, answered, pattern, members, grounds: [] };
  const cause = before?.cause;
  if (cause === 'schema' || cause === 'out-of-scope' || cause === 'ambiguous') return { ...facets, kind: cause };
  if (pattern !== null) return { ...facets, kind: 'pair' };
  return { ...facets, kind: expected === null && answered !== null ? 'false-alarm' : 'missed-label' };
}

function common<T>(values: readonly (T | null)[]): T | null {
  const [first = null] = values;
  return values.every((value) => value === first) ? first : null;
}

function withWords(
  counted: Omit<Cluster, 'clusterId'>,
  { title, cause, why }: AcceptedCluster,
): Omit<Cluster, 'clusterId'> {
  const fits = fixability(cause) === counted.fixability;
  const said = `An agent says: ${plain(why)}`;
  const held = fits ? [] : [`The agent holds this for ${cause}; whether training can mend it is counted, not said.`];
  return {
    ...counted,
    title: plain(title),
    cause: fits ? cause : counted.cause,
    evidence: [said, ...held, ...counted.evidence],
  };
}

/** On one line, without what does not show. */
function plain(text: string): string {
  return text.replaceAll(/\p{C}+/gu, ' ').trim();
}
