import { writtenMethod } from '../diagnosis/probe.ts';
import type { Writer } from '../models/example.ts';
import type { ExampleCandidate } from './example-candidate.ts';
import type { AcceptedExample } from './proposed-examples.ts';
import type { ClusterSelection } from './select-for-cluster.ts';

/** Place of a hard negative that an agent wrote: after the passes that are a failure's own, before those further off. */
const writtenRank = 1;

/** A cluster's selection with what agents wrote for it, each example with who wrote it and when. */
export function withWritten(
  selection: ClusterSelection,
  written: readonly (AcceptedExample & { readonly by: Writer })[],
): ClusterSelection {
  const candidates = (slice: AcceptedExample['slice'], rank: number) =>
    written
      .filter((one) => one.slice === slice)
      .map(
        ({ input, output, traceId, by }): ExampleCandidate => ({
          input,
          output,
          origin: 'synthesis',
          provenance: { kind: 'synthesis', method: writtenMethod, traceId, clusterId: selection.clusterId, by },
          judge: null,
          timestamp: null,
          rank,
          margin: 0,
        }),
      );
  return {
    ...selection,
    gold: [...selection.gold, ...candidates('gold', 0)],
    hardNegatives: [...selection.hardNegatives, ...candidates('hard-negative', writtenRank)],
  };
}
