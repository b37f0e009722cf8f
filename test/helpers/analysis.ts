import type { Json } from '../../shared/domain/base/json.ts';
import type { Probe } from '../../shared/domain/diagnosis/probe.ts';
import type { Taxonomy } from '../../shared/domain/diagnosis/taxonomy.ts';
import type { Analyst, AnalystRun, ProbeRequest, ShardRequest, TaxonomyRequest } from '../../shared/ports/analyst.ts';
import { toEnd } from '../../shared/ports/to-end.ts';

/** A run with all that agents may use by default. */
export const analystRun: AnalystRun = {
  runId: 'r1',
  modelId: 'm1',
  seed: 1,
  allowance: { turns: 500, turnsOfOne: 1_000, analyzerOutputTokens: 100_000, microUsd: null },
};

type InRun<R> = Omit<R, 'run'> & { readonly run?: AnalystRun };

/** An analyst's work, each piece to its end. */
export function analyze(analyst: Analyst, request: InRun<ShardRequest>): Promise<Json> {
  return toEnd(analyst.analyze, `analyze/${request.shardId}`, { run: analystRun, ...request });
}

export function taxonomyBy(analyst: Analyst, request: InRun<TaxonomyRequest>): Promise<Taxonomy> {
  return toEnd(analyst.taxonomy, 'taxonomy', { run: analystRun, ...request });
}

export function probesBy(analyst: Analyst, request: InRun<ProbeRequest>): Promise<readonly Probe[]> {
  return toEnd(analyst.probes, `probes/${request.cluster.clusterId}`, { run: analystRun, ...request });
}
