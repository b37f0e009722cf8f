import { z } from 'zod';
import { fixability, type RootCause } from './root-cause.ts';

/** A cluster as an agent proposes it. */
export const proposedClusterSchema = z.strictObject({
  title: z.string().trim().min(1).max(120).describe('what fails, in a few words'),
  cause: z.string().describe('one of the root causes that the task names'),
  why: z.string().trim().min(1).max(500).describe('the evidence, in a sentence or two'),
  members: z.array(z.string().max(500)).min(1).max(500).describe('ids'),
});
export type ProposedCluster = z.infer<typeof proposedClusterSchema>;

/** A proposal that stands, with the traces that it takes. */
export const acceptedClusterSchema = z.strictObject({
  title: z.string(),
  cause: z.custom<RootCause>((value) => typeof value === 'string'),
  why: z.string(),
  traceIds: z.array(z.string()),
});
export type AcceptedCluster = z.infer<typeof acceptedClusterSchema>;

/** Something that ids of proposals name. */
export interface Source {
  readonly traceIds: readonly string[];
}

/** Where a failure is if no proposal takes it. */
export interface Home extends Source {
  readonly clusterId: string;
  readonly cause: RootCause;
}

export interface ClusterRules {
  /** What members may be, by id. */
  readonly sources: ReadonlyMap<string, Source>;
  /** Where the statistics put the failures; none where nothing is merged yet. */
  readonly homes: readonly Home[];
  readonly causes: readonly RootCause[];
  readonly smallest: number;
  readonly most: number;
}

export interface Refusal {
  /** Which of the proposed ones, from 0. */
  readonly index: number;
  readonly why: string;
}

/**
 * Which of the proposed clusters stand: ids and cause are known, each failure is in one cluster at most, no cluster is
 * too small, none leaves too little of another, there are not too many, and what training can mend is not mixed with what
 * it cannot. Earlier proposals go before later ones.
 */
export function checkClusters(
  proposed: readonly ProposedCluster[],
  rules: ClusterRules,
): { readonly accepted: readonly AcceptedCluster[]; readonly refused: readonly Refusal[] } {
  const taken = new Set<string>();
  const accepted: AcceptedCluster[] = [];
  const refused: Refusal[] = [];
  for (const [index, cluster] of proposed.entries()) {
    const found = membersOf(cluster, rules.sources, taken);
    const cause = rules.causes.find((known) => known === cluster.cause);
    const why =
      typeof found === 'string'
        ? found
        : cause === undefined
          ? `there is no cause ${JSON.stringify(cluster.cause.slice(0, 40))}; there are ${rules.causes.join(', ')}`
          : problemOf(found, accepted, taken, rules);
    if (why !== null || typeof found === 'string' || cause === undefined) {
      refused.push({ index, why: why ?? '' });
      continue;
    }
    for (const id of found) taken.add(id);
    accepted.push({ title: cluster.title, cause, why: cluster.why, traceIds: found });
  }
  return { accepted, refused };
}

function membersOf(
  { members }: ProposedCluster,
  sources: ClusterRules['sources'],
  taken: ReadonlySet<string>,
): string[] | string {
  const unknown = members.filter((id) => !sources.has(id));
  if (unknown.length > 0) {
    return `${unknown.length} of its ids are not here: ${unknown
      .slice(0, 3)
      .map((id) => JSON.stringify(id.slice(0, 40)))
      .join(', ')}`;
  }
  const ids = new Set(members.flatMap((id) => sources.get(id)?.traceIds ?? []));
  return [...ids].filter((id) => !taken.has(id));
}

function problemOf(
  traceIds: readonly string[],
  accepted: readonly AcceptedCluster[],
  taken: ReadonlySet<string>,
  { homes, smallest, most }: ClusterRules,
): string | null {
  if (traceIds.length < smallest) {
    return `it has ${traceIds.length} failures that no other cluster has, and needs ${smallest}`;
  }
  const own = new Set(traceIds);
  const left = homes.map((home) => ({
    home,
    before: home.traceIds.filter((id) => !taken.has(id)).length,
    after: home.traceIds.filter((id) => !taken.has(id) && !own.has(id)).length,
  }));
  const torn = left.find(({ before, after }) => after > 0 && after < before && after < smallest);
  if (torn !== undefined) {
    return `it leaves ${torn.after} failures of ${torn.home.clusterId} behind, too few for a cluster; take all of it or less`;
  }
  const touched = left.filter(({ before, after }) => after < before).map(({ home }) => fixability(home.cause));
  if (new Set(touched).size > 1) return 'it mixes what training can mend with what it cannot';
  const count = accepted.length + 1 + left.filter(({ after }) => after > 0).length;
  return count > most ? `there would be ${count} clusters, and at most ${most} are allowed` : null;
}
