import type { TaskKind } from '../base/task-kind.ts';
import type { JudgedRecord } from '../traces/trace-record.ts';
import { type CorpusProfile, profileCorpus } from './corpus-profile.ts';
import { type DetectorName, disagreementDetectors } from './detector-name.ts';
import { findNoise, findPoison } from './detectors.ts';
import type { Finding } from './finding.ts';
import { NativeKinds, type Sighting } from './native-kinds.ts';
import { isOfPerson } from './of-person.ts';
import type { OutOfFold } from './off-domain.ts';
import type { Suspect, SuspectRecord } from './suspect.ts';
import { findSuspects } from './suspects.ts';
import type { Triage } from './triage.ts';
import { Vocabulary } from './vocabulary.ts';

/** Probabilities of two passes of models, by trace id. */
export interface OutOfFoldPasses {
  /** By models that learn from all given labels; a record without them is not off-domain. */
  readonly first: ReadonlyMap<string, OutOfFold>;
  /** By models that learn from those records alone that `learnsAgain` names. */
  readonly second: ReadonlyMap<string, OutOfFold>;
}

export interface TriageRequest {
  readonly records: readonly JudgedRecord[];
  readonly kind: Pick<TaskKind, 'facets' | 'key' | 'triage'>;
  /** Keys of all outputs that the task knows; empty where they cannot be listed, and no judgement is then suspect. */
  readonly labels: readonly string[];
  /** What models say that never saw a record; one that lacks either is no suspect. */
  readonly outOfFold: OutOfFoldPasses;
  /** What the traffic is like; learnt from the records by default. */
  readonly profile?: CorpusProfile;
}

const [peopleDisagree] = disagreementDetectors;
const clean: Triage = { category: 'clean', kind: 'none', reason: 'nothing found against it' };

/**
 * Looks for what the task kind names. Sorts records: poison first, then suspect judgements, then fixable noise; the
 * rest is clean. A trace that passed can be poison too. What is ordinary for the traffic or for a label is never held
 * against a record, and what a person judged is never thrown away: fixable noise at most, or suspect where people
 * disagree, whatever models say. Time is linear in the text.
 */
export function triageRecords(request: TriageRequest): ReadonlyMap<string, Triage> {
  const { records, outOfFold, kind } = request;
  const looksFor: ReadonlySet<DetectorName> = new Set(kind.triage);
  const meant = (findings: readonly Finding[]): Finding[] => findings.filter((finding) => looksFor.has(finding.kind));
  const profile = request.profile ?? profileCorpus(records.map((record) => record.input));
  const context = { profile, vocabulary: new Vocabulary(profile) };
  const readings = readInputs(records, (record) => ({
    poison: meant(findPoison(record.input, context, outOfFold.first.get(record.traceId))),
    noise: meant(findNoise(record.input, context)),
  }));
  const labelsOf = (record: JudgedRecord): readonly string[] => labelsOfRecord(record, kind);
  const native = nativeKinds(records, readings, labelsOf);

  const result = new Map<string, Triage>();
  const judged: JudgedRecord[] = [];
  for (const record of records) {
    if (record.unsettled?.why === 'disputed') {
      result.set(record.traceId, {
        category: 'suspect-judgement',
        kind: peopleDisagree,
        reason: record.unsettled.reason,
      });
      continue;
    }
    const poison = isOfPerson(record)
      ? undefined
      : foreign(readings.get(record.traceId)?.poison, labelsOf(record), native);
    if (poison === undefined) judged.push(record);
    else result.set(record.traceId, { category: 'poison', kind: poison.kind, reason: poison.reason });
  }

  const labels = comparedLabels(request);
  const suspects = findSuspects({
    labels,
    records: judged.flatMap((record) => suspectRecord(record, { ...request, labels })),
  });
  const seen = new Map<string, string>();
  for (const record of judged) {
    const suspect = suspects.get(record.traceId);
    const isMeant = suspect !== undefined && looksFor.has(suspect.kind);
    result.set(record.traceId, isMeant ? suspectTriage(suspect) : noiseOf(record));
  }
  return result;

  function noiseOf(record: JudgedRecord): Triage {
    const noise = foreign(readings.get(record.traceId)?.noise, labelsOf(record), native);
    const first = seen.get(record.input);
    if (first === undefined) seen.set(record.input, record.traceId);
    if (noise !== undefined) return { category: 'fixable-noise', kind: noise.kind, reason: noise.reason };
    if (first !== undefined && looksFor.has('repetition'))
      return { category: 'fixable-noise', kind: 'repetition', reason: `is the same text as trace ${first}` };
    return clean;
  }
}

interface Reading {
  readonly poison: readonly Finding[];
  readonly noise: readonly Finding[];
}

function readInputs(
  records: readonly JudgedRecord[],
  read: (record: JudgedRecord) => Reading,
): ReadonlyMap<string, Reading> {
  return new Map(records.map((record) => [record.traceId, read(record)]));
}

function nativeKinds(
  records: readonly JudgedRecord[],
  readings: ReadonlyMap<string, Reading>,
  labelsOf: (record: JudgedRecord) => readonly string[],
): NativeKinds {
  const sizes = new Map<string, number>();
  const sightings: Sighting[] = [];
  for (const record of records) {
    const labels = labelsOf(record);
    for (const label of labels) sizes.set(label, (sizes.get(label) ?? 0) + 1);
    const reading = readings.get(record.traceId);
    for (const { kind } of [...(reading?.poison ?? []), ...(reading?.noise ?? [])]) sightings.push({ kind, labels });
  }
  return new NativeKinds(sightings, records.length, sizes);
}

function foreign(
  findings: readonly Finding[] | undefined,
  labels: readonly string[],
  native: NativeKinds,
): Finding | undefined {
  return findings?.find(({ kind }) => !native.has(kind, labels));
}

/**
 * What judgements are compared by: the labels of the task where outputs are labels, else all outputs that models name
 * or judges give, by their keys.
 */
function comparedLabels({ kind, labels, records, outOfFold }: TriageRequest): readonly string[] {
  const known = new Set(labels);
  const given = records.flatMap(({ expected }) => (expected === null ? [] : [kind.key(expected)]));
  const named = new Set([...given, ...[...outOfFold.first.values()].flatMap((found) => found.labels)]);
  return [...named].every((label) => known.has(label)) ? labels : [...named].sort();
}

/** The labels, or other facets, that a record may be about. */
function labelsOfRecord({ expected, answer }: JudgedRecord, kind: Pick<TaskKind, 'facets'>): readonly string[] {
  return [...new Set([expected, answer].flatMap((output) => (output === null ? [] : kind.facets(output))))];
}

function suspectRecord(record: JudgedRecord, { kind, labels, outOfFold }: TriageRequest): SuspectRecord[] {
  const { traceId, timestamp, expected, recorded, judgement } = record;
  const first = outOfFold.first.get(traceId);
  const second = outOfFold.second.get(traceId);
  if (first === undefined || second === undefined || expected === null || judgement === null) return [];
  const given = kind.key(expected);
  return [
    {
      traceId,
      given,
      judgeKind: judgement.judge.kind,
      recorded: recorded === null ? null : kind.key(recorded),
      timestamp,
      first: inOrder(first, labels),
      second: inOrder(second, labels),
    },
  ];
}

function inOrder(found: OutOfFold, labels: readonly string[]): readonly number[] {
  if (found.labels.length === labels.length && found.labels.every((label, at) => label === labels[at]))
    return found.probabilities;
  const byLabel = new Map(found.labels.map((label, at) => [label, found.probabilities[at] ?? 0]));
  return labels.map((label) => byLabel.get(label) ?? 0);
}

function suspectTriage(suspect: Suspect): Triage {
  return { category: 'suspect-judgement', kind: suspect.kind, reason: suspect.reason };
}
