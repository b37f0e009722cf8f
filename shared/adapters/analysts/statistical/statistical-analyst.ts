import { z } from 'zod';
import type { Analyst } from '../../../ports/analyst.ts';
import { doneAtOnce } from '../../../ports/long-work.ts';
import { analyzeShard } from './analyze-shard.ts';
import { buildTaxonomy } from './build-taxonomy.ts';
import { designProbes } from './design-probes.ts';
import { shardAnalysisSchema } from './shard-analysis.ts';

/** An analyst that counts: no language model, no network, equal input gives equal answers. */
export function createStatisticalAnalyst(): Analyst {
  return {
    name: 'statistical',
    analyze: doneAtOnce(async ({ shardId, records }) => analyzeShard(shardId, records)),
    taxonomy: doneAtOnce(async ({ analyses, ...request }) =>
      buildTaxonomy({ ...request, analyses: z.array(shardAnalysisSchema).parse(analyses) }),
    ),
    probes: doneAtOnce(async (request) => designProbes(request)),
  };
}
