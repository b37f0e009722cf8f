import type { Moments } from '../domain/base/moments.ts';
import type { Probe } from '../domain/diagnosis/probe.ts';
import type { Cluster, Failure, Taxonomy } from '../domain/diagnosis/taxonomy.ts';
import type { Task } from '../domain/models/task.ts';
import type { UsableRecord } from '../domain/traces/trace-record.ts';
import type { RandomStream } from './random.ts';

/** The passing records of one expected label. */
export interface PassingLabel {
  readonly count: number;
  /** By surface feature. */
  readonly features: Readonly<Record<string, Moments>>;
  /** The champion's margins. */
  readonly margins: Moments;
  /** How many inputs hold each word; cut to the commonest 2,000. */
  readonly words: Readonly<Record<string, number>>;
  /** A sample by digest, so that samples of shards merge into a sample of all. */
  readonly sample: readonly { readonly traceId: string; readonly input: string }[];
  /** Digests of the inputs' word sets, different ones only: near-identical inputs have the same. */
  readonly signatures: readonly string[];
}

/** What one shard of training-side records says; JSON-serialisable, mergeable with that of other shards. */
export interface ShardAnalysis {
  readonly shardId: string;
  readonly failures: readonly Failure[];
  /** Passing records by expected label. */
  readonly passes: Readonly<Record<string, PassingLabel>>;
  /** How often each word occurs among the shard's passing inputs (documents), for telling words apart; cut to the commonest 20,000. */
  readonly passingWords: Readonly<Record<string, number>>;
  /** Passing records by the noise that triage saw (`none` included). */
  readonly passingNoise: Readonly<Record<string, number>>;
  /** Passing records by length: histogram over `round(4 · log2(1 + words))`. */
  readonly passingLengths: Readonly<Record<string, number>>;
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
  /** Passing records that the clustering saw: what the weakness does not look like. Never used as probe material. */
  readonly passes: readonly UsableRecord[];
  /** Training-side records that the clustering did not see; the champion's verdicts on them are what the cluster is tested by. */
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
