import type { Output } from '../base/output.ts';
import type { TaskKind } from '../base/task-kind.ts';
import { normalisedText } from '../base/text.ts';
import type { JudgedRecord } from '../traces/trace-record.ts';
import { type CorpusProfile, profileCorpus } from './corpus-profile.ts';
import { type DetectorName, disagreementDetectors, plainNoise, suspectSpanDetectors } from './detector-name.ts';
import { type DetectorContext, findNoise, findPoison } from './detectors.ts';
import type { Finding } from './finding.ts';
import { NativeKinds, type Sighting } from './native-kinds.ts';
import { isOfPerson } from './of-person.ts';
import type { OutOfFold } from './off-domain.ts';
import { readable, wordsOf } from './readable.ts';
import type { Suspect, SuspectRecord } from './suspect.ts';
import { findSuspectSpans, type SpanRecord } from './suspect-spans.ts';
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
  readonly kind: Pick<TaskKind, 'facets' | 'key' | 'marks' | 'triage'>;
  /**
   * All facets that the task knows, which are the keys of its outputs where those are labels; empty where they cannot be
   * listed, and no judgement is then suspect.
   */
  readonly labels: readonly string[];
  /** What models say that never saw a record; one that lacks either is no suspect. */
  readonly outOfFold: OutOfFoldPasses;
  /** Judgements that rest on one judge alone and are held, by trace id; none by default. */
  readonly held?: ReadonlyMap<string, Triage>;
  /** A model's first examples: what stands in them is ordinary. None by default. */
  readonly examples?: readonly OrdinaryExample[];
  /** What the traffic is like; learnt from the records by default. */
  readonly profile?: CorpusProfile;
}

const [peopleDisagree] = disagreementDetectors;

/** An example that the model was created with. */
export interface OrdinaryExample {
  readonly input: string;
  readonly output: Output;
}

/** So many examples are read at most for what is ordinary. */
const examplesRead = 10_000;
/**
 * A text sent so often, and with such a share of the traffic, is ordinary whatever it looks like. An attack stays one,
 * and there is nothing to learn from none.
 */
const frequentFrom = { times: 5, share: 0.005 };
const staysPoison: ReadonlySet<string> = new Set<DetectorName>([
  'prompt-injection',
  'jailbreak',
  'empty',
  'unreadable',
]);
/** A text of fewer words is ordinary to send again. */
const wordsOfRepetition = 5;

const clean: Triage = { category: 'clean', kind: 'none', reason: 'nothing found against it' };

/**
 * Looks for what the task kind names. Sorts records: poison first, then suspect judgements, then fixable noise; the
 * rest is clean. A trace that passed can be poison too. What is ordinary for the traffic, for a label or for the first
 * examples is never held against a record. What a person judged is never thrown away: fixable noise at most, and that
 * only where it shows plainly, or suspect where people disagree or one alone turns a label, whatever models say. A text that a detector fails on is
 * set aside with the reason, and the others go on. Time is linear in the text.
 */
export function triageRecords(request: TriageRequest): ReadonlyMap<string, Triage> {
  const { records, outOfFold, kind } = request;
  const looksFor: ReadonlySet<DetectorName> = new Set(kind.triage);
  const examples = (request.examples ?? []).slice(0, examplesRead);
  const trusted = [...examples, ...records.filter(isOfPerson)].map(({ input }) => input);
  const profile =
    request.profile ??
    profileCorpus(
      records.map((record) => record.input),
      trusted,
    );
  const context = { profile, vocabulary: new Vocabulary(profile) };
  const read = (input: string, answer?: OutOfFold): Reading => readText(input, context, looksFor, answer);
  // The words of the examples are all known; how they look to who does not know them is what makes a kind ordinary.
  const unknowing = { ...context, profile: { ...profile, documentFrequency: new Map<string, number>() } };
  const texts = new KnownTexts(records, examples, looksFor.has('repetition'));
  const readings = new Map(
    records.map((record) => [
      record.traceId,
      texts.ordinary(record, read(record.input, outOfFold.first.get(record.traceId))),
    ]),
  );
  const labelsOf = (record: JudgedRecord): readonly string[] => labelsOfRecord(record, kind);
  const native = nativeKinds(
    records,
    readings,
    labelsOf,
    examples.map(({ input, output }) => {
      const { poison, noise } = readText(input, unknowing, looksFor, undefined);
      return { kinds: [...poison, ...noise].map((finding) => finding.kind), labels: kind.facets(output) };
    }),
  );

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

  const suspects = suspectsAmong(judged, request);
  for (const record of judged) {
    const held = request.held?.get(record.traceId);
    if (held !== undefined) {
      result.set(record.traceId, held);
      continue;
    }
    const suspect = suspects.get(record.traceId);
    const isMeant = suspect !== undefined && looksFor.has(suspect.kind);
    result.set(record.traceId, isMeant ? suspectTriage(suspect) : noiseOf(record));
  }
  return result;

  function noiseOf(record: JudgedRecord): Triage {
    const found = readings.get(record.traceId)?.noise;
    const shown = isOfPerson(record) ? found?.filter((finding) => plainNoise.has(finding.kind)) : found;
    const noise = foreign(shown, labelsOf(record), native);
    return noise === undefined ? clean : { category: 'fixable-noise', kind: noise.kind, reason: noise.reason };
  }
}

/** Judgements that models speak against: about whole outputs, or about the places they name. */
function suspectsAmong(judged: readonly JudgedRecord[], request: TriageRequest): ReadonlyMap<string, Suspect> {
  if (suspectSpanDetectors.some((name) => request.kind.triage.includes(name))) {
    return findSuspectSpans({
      facets: request.labels,
      records: judged.flatMap((record) => spanRecord(record, request)),
    });
  }
  const labels = comparedLabels(request);
  return findSuspects({ labels, records: judged.flatMap((record) => suspectRecord(record, { ...request, labels })) });
}

interface Reading {
  readonly poison: readonly Finding[];
  readonly noise: readonly Finding[];
}

/** What detectors see in one text, of what the task looks for. */
function readText(
  input: string,
  context: DetectorContext,
  looksFor: ReadonlySet<DetectorName>,
  answer: OutOfFold | undefined,
): Reading {
  const meant = (findings: readonly Finding[]): Finding[] => findings.filter((finding) => looksFor.has(finding.kind));
  try {
    return { poison: meant(findPoison(input, context, answer)), noise: meant(findNoise(input, context)) };
  } catch (error) {
    const reason = `could not be read for triage: ${error instanceof Error ? error.message : 'unknown'}`.slice(0, 200);
    return { poison: [{ kind: 'unreadable', strength: 1, reason }], noise: [] };
  }
}

/** Texts that are ordinary because they are known: sent often, sent before, or among the first examples. */
class KnownTexts {
  readonly #examples: ReadonlySet<string>;
  readonly #counts = new Map<string, number>();
  readonly #first = new Map<string, string>();
  readonly #looksForRepetition: boolean;
  readonly #frequent: number;

  constructor(records: readonly JudgedRecord[], examples: readonly OrdinaryExample[], looksForRepetition: boolean) {
    this.#looksForRepetition = looksForRepetition;
    this.#frequent = Math.max(frequentFrom.times, frequentFrom.share * records.length);
    this.#examples = new Set(examples.map(({ input }) => normalisedText(input)));
    for (const { input, traceId } of records) {
      this.#counts.set(input, (this.#counts.get(input) ?? 0) + 1);
      if (!this.#first.has(input)) this.#first.set(input, traceId);
    }
  }

  /** The reading without what is ordinary, and with repetition where the text is the same as an earlier one's. */
  ordinary({ input, traceId }: JudgedRecord, { poison, noise }: Reading): Reading {
    const count = this.#counts.get(input) ?? 0;
    if (this.#examples.has(normalisedText(input))) return { poison: [], noise: [] };
    if (count >= this.#frequent) return { poison: poison.filter(({ kind }) => staysPoison.has(kind)), noise: [] };
    const first = this.#first.get(input);
    if (!this.#looksForRepetition || first === traceId || first === undefined) return { poison, noise };
    if (wordsOf(readable(input)).length < wordsOfRepetition) return { poison, noise };
    const repetition = { kind: 'repetition', strength: 0, reason: `is the same text as trace ${first}` } as const;
    return { poison, noise: [...noise, repetition] };
  }
}

/** What was seen in a first example. */
interface SeenInExample {
  readonly kinds: readonly string[];
  readonly labels: readonly string[];
}

function nativeKinds(
  records: readonly JudgedRecord[],
  readings: ReadonlyMap<string, Reading>,
  labelsOf: (record: JudgedRecord) => readonly string[],
  inExamples: readonly SeenInExample[],
): NativeKinds {
  const sizes = new Map<string, number>();
  const sightings: Sighting[] = [];
  for (const record of records) {
    const labels = labelsOf(record);
    for (const label of labels) sizes.set(label, (sizes.get(label) ?? 0) + 1);
    const reading = readings.get(record.traceId);
    for (const { kind } of [...(reading?.poison ?? []), ...(reading?.noise ?? [])]) sightings.push({ kind, labels });
  }
  const examples = inExamples.flatMap(({ kinds, labels }) => kinds.map((kind) => ({ kind, labels })));
  return new NativeKinds(sightings, records.length, sizes, examples);
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

function spanRecord(record: JudgedRecord, { kind, outOfFold }: TriageRequest): SpanRecord[] {
  const { traceId, groupId, input, timestamp, expected, judgement } = record;
  const first = outOfFold.first.get(traceId)?.places;
  const second = outOfFold.second.get(traceId)?.places;
  if (first === undefined || second === undefined || expected === null || judgement === null) return [];
  const given = kind.marks?.(expected) ?? [];
  return [
    {
      traceId,
      groupId,
      input,
      timestamp,
      given,
      key: kind.key(expected),
      judgeKind: judgement.judge.kind,
      first,
      second,
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
  const { kind, reason, likely, strength } = suspect;
  return { category: 'suspect-judgement', kind, reason, suspect: { likely, probability: strength } };
}
