import type { Case } from '../../../agents/case.ts';
import type { Subject } from '../../../agents/tools/delegate.ts';
import type { TaskKind } from '../../../domain/base/task-kind.ts';
import type { Cluster } from '../../../domain/diagnosis/taxonomy.ts';
import { showCluster } from './evidence.ts';

/** Passing cases that a sub-agent can look at beside the failures of its cluster. */
const mostPasses = 100;

/** What questions to sub-agents can be about: each cluster with its failures, and passes beside them. */
export function subjectsOf(
  clusters: readonly Cluster[],
  cases: ReadonlyMap<string, Case>,
  kind: TaskKind,
): ReadonlyMap<string, Subject> {
  const passes = [...cases.values()].filter(({ failed }) => !failed).slice(0, mostPasses);
  return new Map(
    clusters.map((cluster): [string, Subject] => {
      const failures = cluster.traceIds.flatMap((id) => cases.get(id) ?? []);
      return [cluster.clusterId, { shown: showCluster(cluster, cases, kind), cases: [...failures, ...passes] }];
    }),
  );
}
