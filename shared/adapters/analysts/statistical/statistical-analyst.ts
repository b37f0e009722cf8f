import { z } from 'zod';
import type { Analyst } from '../../../ports/analyst.ts';
import { kindOf } from '../../../ports/kind-of.ts';
import { doneAtOnce } from '../../../ports/long-work.ts';
import type { Ports } from '../../../ports/ports.ts';
import { shardAnalysisSchema } from './shard-analysis.ts';

/**
 * An analyst that counts: no language model, no network, equal input gives equal answers. What it computes with is
 * loaded when it is first asked.
 */
export function createStatisticalAnalyst({ tasks }: Pick<Ports, 'tasks'>): Analyst {
  return {
    name: 'statistical',
    analyze: doneAtOnce(async (request) => {
      const { analyzeShard } = await import('./analyze-shard.ts');
      return analyzeShard(request.shardId, request.records, kindOf(request, { tasks }));
    }),
    taxonomy: doneAtOnce(async ({ analyses, ...request }) => {
      const { clusterFailures } = await import('./cluster-failures.ts');
      const parsed = z.array(shardAnalysisSchema).parse(analyses);
      return clusterFailures({ ...request, analyses: parsed }, kindOf(request, { tasks }));
    }),
    probes: doneAtOnce(async (request) => {
      const { designProbes } = await import('./design-probes.ts');
      return designProbes(request, kindOf(request, { tasks }));
    }),
  };
}
