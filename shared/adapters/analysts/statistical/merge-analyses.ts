import { shortDigest } from '../../../domain/base/ids.ts';
import { type Moments, mergeMoments, noMoments } from '../../../domain/base/moments.ts';
import type { TaskKind } from '../../../domain/base/task-kind.ts';
import { sampleSize } from './analyze-shard.ts';
import { type Fault, faultOf } from './fault.ts';
import type { PassingLabel, ShardAnalysis } from './shard-analysis.ts';

/** The passing records of one facet, over all shards. */
export interface Passing {
  readonly count: number;
  readonly features: ReadonlyMap<string, Moments>;
  readonly margins: Moments;
  readonly words: ReadonlyMap<string, number>;
  readonly sample: readonly string[];
  readonly signatures: ReadonlySet<string>;
}

/** All shards together. */
export interface Evidence {
  /** By trace id. */
  readonly failures: readonly Fault[];
  /** By facet. */
  readonly passes: ReadonlyMap<string, Passing>;
  readonly passingWords: ReadonlyMap<string, number>;
  readonly passingNoise: ReadonlyMap<string, number>;
  readonly passingLengths: ReadonlyMap<number, number>;
  /** How many records passed. */
  readonly passed: number;
}

function addAll(sums: Map<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [key, count] of Object.entries(counts)) sums.set(key, (sums.get(key) ?? 0) + count);
}

function mergePassing(parts: readonly PassingLabel[]): Passing {
  const features = new Map<string, Moments>();
  const words = new Map<string, number>();
  let count = 0;
  let margins = noMoments;
  for (const part of parts) {
    count += part.count;
    margins = mergeMoments(margins, part.margins);
    for (const [name, moments] of Object.entries(part.features))
      features.set(name, mergeMoments(features.get(name) ?? noMoments, moments));
    addAll(words, part.words);
  }
  const sample = parts
    .flatMap((part) => part.sample)
    .map((entry) => ({ ...entry, rank: shortDigest(entry.traceId) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .slice(0, sampleSize)
    .map((entry) => entry.input);
  return { count, features, margins, words, sample, signatures: new Set(parts.flatMap((part) => part.signatures)) };
}

/** Puts shards together. Their order makes no difference. */
export function mergeAnalyses(
  analyses: readonly ShardAnalysis[],
  kind: Pick<TaskKind, 'facets' | 'grade' | 'pattern'>,
): Evidence {
  const ordered = analyses.toSorted((a, b) => (a.shardId < b.shardId ? -1 : a.shardId > b.shardId ? 1 : 0));
  const parts = new Map<string, PassingLabel[]>();
  const passingWords = new Map<string, number>();
  const passingNoise = new Map<string, number>();
  const lengths = new Map<string, number>();
  for (const analysis of ordered) {
    for (const [label, part] of Object.entries(analysis.passes)) {
      const known = parts.get(label);
      if (known === undefined) parts.set(label, [part]);
      else known.push(part);
    }
    addAll(passingWords, analysis.passingWords);
    addAll(passingNoise, analysis.passingNoise);
    addAll(lengths, analysis.passingLengths);
  }
  const labels = [...parts].sort(([a], [b]) => (a < b ? -1 : 1));
  const passes = new Map(labels.map(([label, shards]) => [label, mergePassing(shards)]));
  return {
    failures: ordered
      .flatMap((analysis) => analysis.failures)
      .sort((a, b) => (a.traceId < b.traceId ? -1 : a.traceId > b.traceId ? 1 : 0))
      .map((failure) => faultOf(failure, kind)),
    passes,
    passingWords,
    passingNoise,
    passingLengths: new Map([...lengths].map(([bin, count]) => [Number(bin), count])),
    passed: passingNoise.values().reduce((sum, count) => sum + count, 0),
  };
}
