import { facetsOrNone } from '../../../domain/base/facet-strata.ts';
import { shortDigest } from '../../../domain/base/ids.ts';
import { addValue, type Moments, noMoments } from '../../../domain/base/moments.ts';
import type { TaskKind } from '../../../domain/base/task-kind.ts';
import { surfaceFeatureNames, surfaceFeatures } from '../../../domain/diagnosis/surface-features.ts';
import type { Failure } from '../../../domain/diagnosis/taxonomy.ts';
import { distinctWords } from '../../../domain/similarity/keywords.ts';
import { firstMistake } from '../../../domain/steps/first-mistake.ts';
import type { StepMistake } from '../../../domain/steps/step-mistake.ts';
import { margin, type UsableRecord } from '../../../domain/traces/trace-record.ts';
import { lengthBin } from './length-bins.ts';
import type { PassingLabel, ShardAnalysis } from './shard-analysis.ts';
import { inputSignature } from './signature.ts';

const commonestWords = 20_000;
const commonestLabelWords = 2_000;
/** Passing inputs kept of each facet, and how much of each. */
export const sampleSize = 30;
const longestSample = 2_000;

interface Tally {
  count: number;
  features: Map<string, Moments>;
  margins: Moments;
  words: Map<string, number>;
  sample: { traceId: string; input: string; rank: string }[];
  signatures: Set<string>;
}

function increment<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function commonest(counts: ReadonlyMap<string, number>, limit: number): Record<string, number> {
  return Object.fromEntries([...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, limit));
}

/** Which noise triage saw on a record, or `none`. */
function noiseOf(record: UsableRecord): string {
  return record.triage.category === 'fixable-noise' ? record.triage.kind : 'none';
}

function mistakeOf({ input, steps, recorded }: UsableRecord, kind: Pick<TaskKind, 'show'>): StepMistake | null {
  if (steps === null) return null;
  return firstMistake({ input, steps, answer: recorded === null ? null : kind.show(recorded) });
}

function failureOf(record: UsableRecord, kind: Pick<TaskKind, 'show'>): Failure {
  return {
    traceId: record.traceId,
    input: record.input,
    expected: record.expected,
    answer: record.answer,
    confidence: record.confidence,
    margin: margin(record),
    noise: noiseOf(record),
    mistake: mistakeOf(record, kind),
  };
}

function emptyTally(): Tally {
  return {
    count: 0,
    features: new Map(),
    margins: noMoments,
    words: new Map(),
    sample: [],
    signatures: new Set(),
  };
}

function addTo(
  tally: Tally,
  record: UsableRecord,
  features: ReturnType<typeof surfaceFeatures>,
  words: Iterable<string>,
): void {
  tally.count += 1;
  for (const name of surfaceFeatureNames)
    tally.features.set(name, addValue(tally.features.get(name) ?? noMoments, features[name]));
  tally.margins = addValue(tally.margins, margin(record));
  tally.sample.push({ traceId: record.traceId, input: record.input, rank: shortDigest(record.traceId) });
  const signature = inputSignature(record.input);
  if (signature !== null) tally.signatures.add(signature);
  for (const word of words) increment(tally.words, word);
}

function finish(tally: Tally): PassingLabel {
  return {
    count: tally.count,
    features: Object.fromEntries(tally.features),
    margins: tally.margins,
    words: commonest(tally.words, commonestLabelWords),
    sample: tally.sample
      .sort((a, b) => (a.rank < b.rank ? -1 : 1))
      .slice(0, sampleSize)
      .map(({ traceId, input }) => ({ traceId, input: input.slice(0, longestSample) })),
    signatures: [...tally.signatures].sort(),
  };
}

/** Counts one shard of records that train: its failures as they are, its passes as sums that add up over shards. */
export function analyzeShard(
  shardId: string,
  records: readonly UsableRecord[],
  kind: Pick<TaskKind, 'facets' | 'show'>,
): ShardAnalysis {
  const failures: Failure[] = [];
  const tallies = new Map<string, Tally>();
  const words = new Map<string, number>();
  const noise = new Map<string, number>();
  const lengths = new Map<string, number>();
  for (const record of records) {
    if (record.verdict === 'fail') {
      failures.push(failureOf(record, kind));
      continue;
    }
    const features = surfaceFeatures(record.input);
    const found = distinctWords(record.input);
    for (const facet of facetsOrNone(kind.facets(record.expected))) {
      const tally = tallies.get(facet) ?? emptyTally();
      tallies.set(facet, tally);
      addTo(tally, record, features, found);
    }
    for (const word of found) increment(words, word);
    increment(noise, noiseOf(record));
    increment(lengths, String(lengthBin(features.words)));
  }
  return {
    shardId,
    failures,
    passes: Object.fromEntries([...tallies].map(([facet, tally]) => [facet, finish(tally)])),
    passingWords: commonest(words, commonestWords),
    passingNoise: Object.fromEntries(noise),
    passingLengths: Object.fromEntries(lengths),
  };
}
