import type { Json } from '../../shared/domain/base/json.ts';
import type { Probe } from '../../shared/domain/diagnosis/probe.ts';
import type { Taxonomy } from '../../shared/domain/diagnosis/taxonomy.ts';
import type { Analyst, ProbeRequest, ShardRequest, TaxonomyRequest } from '../../shared/ports/analyst.ts';
import { toEnd } from '../../shared/ports/to-end.ts';

/** An analyst's work, each piece to its end. */
export function analyze(analyst: Analyst, request: ShardRequest): Promise<Json> {
  return toEnd(analyst.analyze, `analyze/${request.shardId}`, request);
}

export function taxonomyBy(analyst: Analyst, request: TaxonomyRequest): Promise<Taxonomy> {
  return toEnd(analyst.taxonomy, 'taxonomy', request);
}

export function probesBy(analyst: Analyst, request: ProbeRequest): Promise<readonly Probe[]> {
  return toEnd(analyst.probes, `probes/${request.cluster.clusterId}`, request);
}
