import { shortDigest } from '../../../domain/base/ids.ts';
import type { TaskKind } from '../../../domain/base/task-kind.ts';
import { confusionCounts } from '../../../domain/diagnosis/confusion.ts';
import { excessOf } from '../../../domain/diagnosis/over-prediction.ts';
import type { Cluster, Taxonomy } from '../../../domain/diagnosis/taxonomy.ts';
import { clusterTexts } from '../../../domain/similarity/cluster-texts.ts';
import { SimilarityIndex } from '../../../domain/similarity/similarity-index.ts';
import type { TaxonomyRequest } from '../../../ports/analyst.ts';
import { ambiguity } from './ambiguity.ts';
import { describeCluster, type Overview, pairKey, type TextSpace } from './describe-cluster.ts';
import { type Fault, missedAlone, surplusAlone } from './fault.ts';
import { type Group, groupBy } from './group.ts';
import { labelGroups, schemaGroups } from './label-groups.ts';
import { type Evidence, mergeAnalyses } from './merge-analyses.ts';
import type { ShardAnalysis } from './shard-analysis.ts';
import { lengthGroup, noiseGroups } from './surface-groups.ts';

type StatisticalTaxonomyRequest = Omit<TaxonomyRequest, 'analyses'> & { readonly analyses: readonly ShardAnalysis[] };

/** Most clusters that one pattern of failure is split into. */
const mostParts = 4;
/** Failures of a pair whose text is read for splitting; beyond, the pair stays whole. */
const largestSplit = 3_000;
/** Of a larger group, this many failures stand for all when its examples are chosen. */
const largeGroupSample = 1_000;
/** Only this much of an input tells its cluster. */
const readCharacters = 1_000;

/** Merges the shards and sorts their failures into clusters with a root cause each, one that the task kind knows. */
export function clusterFailures(request: StatisticalTaxonomyRequest, kind: TaskKind): Taxonomy {
  const evidence = mergeAnalyses(request.analyses, kind);
  const overview = overviewOf(evidence);
  const kept = groupFailures(request, kind, evidence, overview);
  const texts = textsOf(kept.groups);
  const groups = refine(kept.groups, texts, kept.smallestPair, request.maxClusters);
  const clustered = groups.reduce((sum, group) => sum + group.members.length, 0);
  const clusters = withIds(groups.map((group) => describeCluster(group, overview, texts, kind)));
  return {
    clusters,
    unclustered: evidence.failures.length - clustered,
    confusions: confusionCounts(evidence.failures, kind),
    causes: sizesByCause(clusters),
    excess: excessOf(evidence.failures, kind),
  };
}

/** How many failures each root cause has. */
export function sizesByCause(clusters: readonly Pick<Cluster, 'cause' | 'size'>[]): Taxonomy['causes'] {
  return Object.fromEntries(
    [...groupBy(clusters, (cluster) => cluster.cause)].map(([cause, of]) => [
      cause,
      of.reduce((sum, cluster) => sum + cluster.size, 0),
    ]),
  );
}

/** What describing clusters needs to know of all failures. */
export function overviewOf(evidence: Evidence): Overview {
  const { failures } = evidence;
  const count = (facetsOf: (failure: Fault) => readonly string[]): Map<string, number> =>
    new Map([...groupBy(failures.flatMap(facetsOf), (facet) => facet)].map(([facet, of]) => [facet, of.length]));
  return {
    evidence,
    failedByFacet: count((failure) => failure.facets),
    answeredWrongly: count((failure) => failure.surplus),
    byPair: groupBy(failures, (failure) => pairKey(missedAlone(failure), surplusAlone(failure))),
  };
}

/** Groups by cause, largest first, at most `maxClusters`; what labels cannot explain comes before what they can. */
function groupFailures(
  request: StatisticalTaxonomyRequest,
  kind: TaskKind,
  evidence: Evidence,
  overview: Overview,
): { groups: Group[]; smallestPair: number } {
  const { smallestCluster, maxClusters, task } = request;
  const left = new Set(evidence.failures);
  const take = (groups: readonly (Group | null)[]): Group[] => {
    const taken = groups
      .filter((group) => group !== null)
      .filter((group) => group.members.length >= smallestCluster && isOfKind(group, kind));
    for (const group of taken) for (const member of group.members) left.delete(member);
    return taken;
  };
  const special = [
    ...take(schemaGroups(kind.knownFacets(task), [...left], kind.words)),
    ...take(ambiguousGroups(evidence, [...left], overview, smallestCluster, kind.words)),
    ...take(noiseGroups(evidence, [...left], smallestCluster)),
    ...take([lengthGroup(evidence, [...left], smallestCluster)]),
  ];
  const remaining = [...left];
  for (let smallestPair = smallestCluster; ; smallestPair = Math.ceil(1.5 * smallestPair)) {
    const { groups } = labelGroups(remaining, smallestCluster, smallestPair);
    const all = bySize([...special, ...groups]);
    const largestPair = groups.reduce(
      (size, group) => (group.kind === 'pair' ? Math.max(size, group.members.length) : size),
      0,
    );
    if (all.length <= maxClusters || largestPair <= smallestPair)
      return { groups: all.slice(0, maxClusters), smallestPair };
  }
}

/** The groups with pairs split by their text, the largest pairs first, as far as there is room for more clusters. */
function refine(groups: readonly Group[], texts: TextSpace, smallest: number, maxClusters: number): Group[] {
  let room = maxClusters - groups.length;
  const refined = groups.flatMap((group) => {
    if (room === 0) return [group];
    const parts = split(group, texts, smallest, 1 + room);
    room -= parts.length - 1;
    return parts;
  });
  return bySize(refined);
}

/** The texts of the groups that are kept; of a group too large to be split a sample by trace id. */
export function textsOf(groups: readonly Group[]): TextSpace {
  const read = groups.flatMap(({ members }) =>
    members.length > largestSplit ? members.slice(0, largeGroupSample) : members,
  );
  return {
    index: new SimilarityIndex(read.map((failure) => failure.input.slice(0, readCharacters))),
    position: new Map(read.map((failure, at) => [failure, at])),
  };
}

function bySize(groups: readonly Group[]): Group[] {
  const key = (group: Group): string => group.members[0]?.traceId ?? '';
  return groups.toSorted((a, b) => b.members.length - a.members.length || (key(a) < key(b) ? -1 : 1));
}

/** Whether the task kind knows the group's cause; those of patterns and single facets are settled later. */
function isOfKind({ kind: cause }: Group, { causes }: TaskKind): boolean {
  return cause === 'pair' || cause === 'missed-label' || cause === 'false-alarm' || causes.includes(cause);
}

/** Pairs of facets that the text cannot tell apart. */
function ambiguousGroups(
  evidence: Evidence,
  failures: readonly Fault[],
  { byPair }: Overview,
  smallest: number,
  words: TaskKind['words'],
): Group[] {
  const groups: Group[] = [];
  for (const members of groupBy(failures, ({ pattern }) => pattern.key).values()) {
    const [first] = members;
    if (first === undefined || members.length < smallest) continue;
    const expected = missedAlone(first);
    const answered = surplusAlone(first);
    if (expected === null || answered === null || expected === answered) continue;
    const grounds = ambiguity(evidence, members, byPair.get(pairKey(answered, expected)) ?? [], words);
    if (grounds !== null)
      groups.push({ kind: 'ambiguous', expected, answered, pattern: first.pattern.key, members, grounds });
  }
  return groups;
}

/** The group, or its parts when its inputs fall into parts of at least `smallest`. */
function split(group: Group, { index, position }: TextSpace, smallest: number, most: number): Group[] {
  if (group.kind !== 'pair' || group.members.length > largestSplit) return [group];
  const vectors = group.members.map((failure) => index.vector(position.get(failure) ?? 0));
  return clusterTexts(vectors, smallest, Math.min(mostParts, most)).map((positions) => ({
    ...group,
    members: positions.toSorted((a, b) => a - b).flatMap((at) => group.members[at] ?? []),
  }));
}

/**
 * Names clusters by their place and what they are about: `c01-` and a digest of cause, facets (or pattern) and rank
 * among their like.
 */
export function withIds(clusters: readonly Omit<Cluster, 'clusterId'>[]): Cluster[] {
  const ranks = new Map<string, number>();
  return clusters.map((cluster, at) => {
    const { cause, expected, answered, pattern } = cluster;
    const about = JSON.stringify(
      expected === null && answered === null && pattern !== null ? [cause, pattern] : [cause, expected, answered],
    );
    const rank = (ranks.get(about) ?? 0) + 1;
    ranks.set(about, rank);
    const place = String(at + 1).padStart(2, '0');
    return { clusterId: `c${place}-${shortDigest(about, String(rank)).slice(0, 8)}`, ...cluster };
  });
}
