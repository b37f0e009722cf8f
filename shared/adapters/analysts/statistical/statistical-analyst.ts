import type { Analyst } from '../../../ports/analyst.ts';
import { analyzeShard } from './analyze-shard.ts';
import { buildTaxonomy } from './build-taxonomy.ts';
import { designProbes } from './design-probes.ts';

/** An analyst that counts: no language model, no network, equal input gives equal answers. */
export function createStatisticalAnalyst(): Analyst {
  return {
    name: 'statistical',
    analyzeShard: ({ shardId, records }) => Promise.resolve(analyzeShard(shardId, records)),
    buildTaxonomy: (request) => Promise.resolve(buildTaxonomy(request)),
    designProbes: (request) => Promise.resolve(designProbes(request)),
  };
}
