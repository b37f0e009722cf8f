import type { TaskKind } from '../../domain/base/task-kind.ts';
import type { Cluster } from '../../domain/diagnosis/taxonomy.ts';
import { isUsableRecord, type SplitRecord } from '../../domain/traces/trace-record.ts';

/** What a candidate makes of a cluster's traces, both answered out of fold. */
export interface ClusterGain {
  /** Of the cluster's failing traces: right now, and still wrong. */
  readonly mended: number;
  readonly failing: number;
  /** Traces with the cluster's facet as right output that were right before, and how many of them are wrong now. */
  readonly rightBefore: number;
  readonly lost: number;
}

/**
 * What each cluster gained. Its neighbours are the traces whose right output has the facet that the cluster is about;
 * a cluster about several has none.
 * @param passing ids of the traces that were right before, by facet of their right output; see {@link passingByFacet}
 * @param after whether each trace that the candidate answered is right now
 */
export function clusterGain(
  { traceIds, expected }: Pick<Cluster, 'traceIds' | 'expected'>,
  passing: ReadonlyMap<string, readonly string[]>,
  after: ReadonlyMap<string, boolean>,
): ClusterGain {
  const own = traceIds.flatMap((traceId) => after.get(traceId) ?? []);
  const mended = own.filter((right) => right).length;
  const neighbours = (expected === null ? [] : (passing.get(expected) ?? [])).flatMap(
    (traceId) => after.get(traceId) ?? [],
  );
  return {
    mended,
    failing: own.length - mended,
    rightBefore: neighbours.length,
    lost: neighbours.filter((right) => !right).length,
  };
}

/** The usable traces that the champion has right, by facet of their right output. */
export function passingByFacet(
  records: readonly SplitRecord[],
  kind: Pick<TaskKind, 'facets'>,
): ReadonlyMap<string, readonly string[]> {
  const passing = records
    .filter(isUsableRecord)
    .filter(({ verdict }) => verdict === 'pass')
    .flatMap(({ traceId, expected }) => kind.facets(expected).map((facet) => ({ facet, traceId })));
  return new Map(
    [...Map.groupBy(passing, ({ facet }) => facet)].map(([facet, of]) => [facet, of.map(({ traceId }) => traceId)]),
  );
}
