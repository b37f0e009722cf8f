import type { Json } from '../domain/base/json.ts';
import type { TaskSpec } from '../domain/base/task-spec.ts';
import type { AcceptedExample } from '../domain/curriculum/proposed-examples.ts';
import type { Probe } from '../domain/diagnosis/probe.ts';
import type { Cluster, Taxonomy } from '../domain/diagnosis/taxonomy.ts';
import type { Writer } from '../domain/models/example.ts';
import type { UsableRecord } from '../domain/traces/trace-record.ts';
import type { LongWork } from './long-work.ts';
import type { RandomStream } from './random.ts';

/** The most that agents may use for a run. */
export interface AgentAllowance {
  /** Of all agents together. */
  readonly turns: number;
  readonly turnsOfOne: number;
  /** Of one that analyzes traces. */
  readonly analyzerOutputTokens: number;
  /** Millionths of a US dollar, of all together; null for no limit. */
  readonly microUsd: number | null;
}

/** Whose work it is. */
export interface AnalystRun {
  readonly runId: string;
  readonly modelId: string;
  readonly seed: number;
  readonly allowance: AgentAllowance;
}

export interface ShardRequest {
  readonly run: AnalystRun;
  readonly shardId: string;
  readonly task: TaskSpec;
  /** Records that train. */
  readonly records: readonly UsableRecord[];
}

export interface TaxonomyRequest {
  readonly run: AnalystRun;
  readonly task: TaskSpec;
  /** What the same analyst said of each shard. */
  readonly analyses: readonly Json[];
  readonly smallestCluster: number;
  readonly maxClusters: number;
}

export interface ProbeRequest {
  readonly run: AnalystRun;
  readonly task: TaskSpec;
  readonly cluster: Cluster;
  /** The cluster's own failing records: what the weakness looks like. Never used as probe material. */
  readonly members: readonly UsableRecord[];
  /** Passing records that the clustering saw: what the weakness does not look like. Never used as probe material. */
  readonly passes: readonly UsableRecord[];
  /**
   * Records that train and that the clustering did not see; the champion's verdicts on them are what the cluster is
   * tested by.
   */
  readonly material: readonly UsableRecord[];
  /** At most so many probes; fewer when the material allows no more. */
  readonly count: number;
  readonly random: RandomStream;
}

export interface ExampleRequest {
  readonly run: AnalystRun;
  readonly task: TaskSpec;
  readonly cluster: Cluster;
  /** The cluster's failing records, of those that train. */
  readonly members: readonly UsableRecord[];
  /** Records that train, that pass, and that the failures are taken for. */
  readonly passes: readonly UsableRecord[];
  /** Probes of the cluster that the champion failed. */
  readonly failingProbes: readonly Probe[];
  /** Object keys of JSON lines whose `input` is on record: no text that is written may be nearly one of these. */
  readonly onRecord: readonly string[];
}

/** An example that an agent wrote, after a trace of the request. */
export interface WrittenExample extends AcceptedExample {
  readonly by: Writer;
}

/** What a move of the policy is called and what it changes. */
export interface AllowedMove {
  readonly name: string;
  readonly changes: string;
}

/** What was written down for later iterations of a run. */
export interface Note {
  readonly iteration: number;
  /** Who wrote it: a program that tells facts, or an agent. */
  readonly by: 'run' | 'strategist';
  readonly text: string;
}

export interface AdviceRequest {
  readonly run: AnalystRun;
  readonly task: TaskSpec;
  /** The iteration that was just evaluated. */
  readonly iteration: number;
  /** What may be chosen, two at least, the policy's own move first. */
  readonly moves: readonly AllowedMove[];
  /** What the policy says of its own. */
  readonly policy: string;
  /** Figures, a row each: iterations, candidates with the gate's rules, and the datasets and checkpoints of the lineage. */
  readonly scores: readonly Json[];
  readonly lineage: readonly Json[];
  readonly taxonomy: Taxonomy;
  /** Records that train. */
  readonly records: readonly UsableRecord[];
  /** What was noted before, oldest first. */
  readonly notes: readonly Note[];
}

/** Which move is next, and what is to be kept in mind. */
export interface Advice {
  /** One of the allowed; null where nothing that counts was said. */
  readonly move: string | null;
  readonly why: string;
  readonly notes: readonly string[];
}

/** Judges what counting cannot: the statistical one works with no LLM at all, an agent is seeded with its evidence. */
export interface Analyst {
  readonly name: string;
  /** What one shard says. The analysis is the analyst's own; nobody else looks inside. */
  readonly analyze: LongWork<ShardRequest, Json>;
  readonly taxonomy: LongWork<TaxonomyRequest, Taxonomy>;
  readonly probes: LongWork<ProbeRequest, readonly Probe[]>;
  /** Examples for one cluster beside those that traces give; absent where the analyst writes none. */
  readonly examples?: LongWork<ExampleRequest, readonly WrittenExample[]>;
  /** Which of the moves that the policy allows is next; absent where the analyst has no say in it. */
  readonly advice?: LongWork<AdviceRequest, Advice>;
}
