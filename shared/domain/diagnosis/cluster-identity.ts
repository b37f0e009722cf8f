import type { Cluster } from './taxonomy.ts';

/** What a cluster is known again by: its traces, what it is about, and the words its texts are made of. */
export interface ClusterTrait extends Pick<Cluster, 'clusterId' | 'expected' | 'answered' | 'traceIds'> {
  /** Term counts over its texts: their centroid, up to its length. */
  readonly terms: ReadonlyMap<string, number>;
}

/** A cluster of a run, with the identity that it shares with the same failure of other runs. */
export interface KnownCluster {
  readonly run: string;
  readonly clusterId: string;
  readonly identity: string;
}

/** From this likeness on two clusters of neighbouring runs are one failure. */
const leastLikeness = 0.35;
/** Runs that a failure may be away for, mended for a while, and still be known again. */
const remembered = 5;

/**
 * Gives clusters of successive runs their identities: a cluster takes that of the likest cluster of the runs before it,
 * each identity once a run, the likest pairs first. One that is like none is new, and its identity is that of the run
 * and cluster where it was first seen. Later runs change nothing about earlier ones.
 * @param runs oldest first
 */
export function identifyClusters(
  runs: readonly { readonly run: string; readonly clusters: readonly ClusterTrait[] }[],
): readonly KnownCluster[] {
  const known: KnownCluster[] = [];
  /** By identity, as it was seen last. */
  const seen = new Map<string, { readonly trait: ClusterTrait; readonly at: number }>();
  for (const [at, { run, clusters }] of runs.entries()) {
    const recent = [...seen].filter(([, last]) => at - last.at <= remembered);
    const pairs = clusters
      .flatMap((trait) => recent.map(([identity, last]) => ({ trait, identity, like: likeness(last.trait, trait) })))
      .filter(({ like }) => like >= leastLikeness)
      .sort((a, b) => b.like - a.like);
    const given = new Map<string, string>();
    const taken = new Set<string>();
    for (const { trait, identity } of pairs) {
      if (given.has(trait.clusterId) || taken.has(identity)) continue;
      given.set(trait.clusterId, identity);
      taken.add(identity);
    }
    for (const trait of clusters) {
      const identity = given.get(trait.clusterId) ?? `${run}/${trait.clusterId}`;
      known.push({ run, clusterId: trait.clusterId, identity });
      seen.set(identity, { trait, at });
    }
  }
  return known;
}

/**
 * How like two clusters are, 0 to 1: the larger of the share of the smaller one's traces that both hold, and the cosine
 * of their centroids. Clusters about different facets are never one failure.
 */
export function likeness(a: ClusterTrait, b: ClusterTrait): number {
  if (differs(a.expected, b.expected) || differs(a.answered, b.answered)) return 0;
  return Math.max(shared(a.traceIds, b.traceIds), cosine(a.terms, b.terms));
}

/** A cluster about several facets may be one about a single one of them. */
function differs(a: string | null, b: string | null): boolean {
  return a !== null && b !== null && a !== b;
}

function shared(a: readonly string[], b: readonly string[]): number {
  const smaller = Math.min(a.length, b.length);
  if (smaller === 0) return 0;
  const own = new Set(a);
  return b.filter((traceId) => own.has(traceId)).length / smaller;
}

function cosine(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  const dot = a.entries().reduce((sum, [term, count]) => sum + count * (b.get(term) ?? 0), 0);
  const norm = (terms: ReadonlyMap<string, number>) =>
    Math.sqrt(terms.values().reduce((sum, count) => sum + count ** 2, 0));
  return dot === 0 ? 0 : dot / (norm(a) * norm(b));
}
