import { z } from 'zod';
import type { Analyst } from '../../../ports/analyst.ts';
import { doneAtOnce } from '../../../ports/long-work.ts';
import { shardAnalysisSchema } from './shard-analysis.ts';

/**
 * An analyst that counts: no language model, no network, equal input gives equal answers. What it computes with is loaded when it
 * is first asked.
 */
export function createStatisticalAnalyst(): Analyst {
  return {
    name: 'statistical',
    analyze: doneAtOnce(async ({ shardId, records }) => {
      const { analyzeShard } = await import('./analyze-shard.ts');
      return analyzeShard(shardId, records);
    }),
    taxonomy: doneAtOnce(async ({ analyses, ...request }) => {
      const { buildTaxonomy } = await import('./build-taxonomy.ts');
      return buildTaxonomy({ ...request, analyses: z.array(shardAnalysisSchema).parse(analyses) });
    }),
    probes: doneAtOnce(async (request) => {
      const { designProbes } = await import('./design-probes.ts');
      return designProbes(request);
    }),
  };
}
