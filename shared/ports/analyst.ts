import type { Probe } from '../domain/probe.ts';
import type { Cluster, Failure, Taxonomy } from '../domain/taxonomy.ts';
import type { Task } from '../domain/task.ts';
import type { UsableRecord } from '../domain/trace-record.ts';
import type { RandomStream } from './random.ts';

/** Count, mean and sum of squared deviations of one surface feature; mergeable (Chan, Golub and LeVeque 1983). */
export interface Moments {
  readonly count: number;
  readonly mean: number;
  readonly m2: number;
}

/** What one shard of training-side records says; JSON-serialisable, mergeable with that of other shards. */
export interface ShardAnalysis {
  readonly shardId: string;
  readonly failures: readonly Failure[];
  /** Passing records by expected label. */
  readonly passes: Readonly<Record<string, { readonly count: number; readonly features: Readonly<Record<string, Moments>> }>>;
  /** How often each word occurs among the shard's passing inputs (documents), for telling words apart; cut to the commonest 20,000. */
  readonly passingWords: Readonly<Record<string, number>>;
}

export interface TaxonomyRequest {
  readonly task: Task;
  readonly analyses: readonly ShardAnalysis[];
  readonly smallestCluster: number;
  readonly maxClusters: number;
}

export interface ProbeRequest {
  readonly task: Task;
  readonly cluster: Cluster;
  /** The cluster's own failing records: what the weakness looks like. Never used as probe material. */
  readonly members: readonly UsableRecord[];
  /** Training-side records outside the cluster. */
  readonly material: readonly UsableRecord[];
  readonly count: number;
  readonly random: RandomStream;
}

/** Judges what counting cannot: the statistical one works with no LLM at all, an agent is seeded with its evidence. */
export interface Analyst {
  readonly name: string;
  analyzeShard(request: { shardId: string; task: Task; records: readonly UsableRecord[] }): Promise<ShardAnalysis>;
  buildTaxonomy(request: TaxonomyRequest): Promise<Taxonomy>;
  /** At most `count` probes; fewer when the material allows no more. */
  designProbes(request: ProbeRequest): Promise<readonly Probe[]>;
}
