import type { JudgeKind } from '../judgement.ts';
import { chanceOfFlip, fitLabelNoise, sharpened } from './label-noise.ts';
import { Neighbourhood } from './neighbourhood.ts';
import { findSystematic } from './systematic-relabel.ts';

/** A judged record with what a model that never saw it makes of it. */
export interface SuspectRecord {
  readonly traceId: string;
  readonly input: string;
  /** The right label according to the judgement. */
  readonly given: string;
  readonly judgeKind: JudgeKind;
  /** What the champion answers. */
  readonly answer: string | null;
  readonly confidence: number;
  /** Out-of-fold probabilities by a model that learns from all given labels, in the order of the request's labels. */
  readonly probabilities: readonly number[];
  /** The same by a model that learns from agreed records alone (see `isAgreed`). */
  readonly agreedOnly: readonly number[];
}

/** A given label that is probably wrong. */
export interface Suspect {
  readonly kind: 'flipped-label' | 'systematic-relabel';
  /** Probability that the given label is wrong, a fraction. */
  readonly strength: number;
  /** What it probably should be. */
  readonly likely: string;
  readonly reason: string;
}

export interface SuspectRequest {
  readonly labels: readonly string[];
  readonly records: readonly SuspectRecord[];
}

/** Fewer records than this say too little of how often the judge errs. */
const enoughRecords = 50;
/** Share of a label's threshold that makes a candidate: hard texts get less of a probability than the mean one. */
const nearThreshold = 0.5;
/** A label is suspect from this probability on that it is wrong. */
const sureOfFlip = 0.8;
/** Share of the neighbours' vote for the given label above which it is no random error. */
const companyShare = 0.3;

/**
 * Finds given labels that are probably wrong, by confident learning (Northcutt, Jiang and Chuang 2021): a label is a candidate
 * when another label's out-of-fold probability reaches that label's mean self-confidence. How many of the candidates are
 * the judge's errors and not the model's is told by a mixture fitted to the same probabilities (see `fitLabelNoise`), on
 * failures and passes apart: a candidate is suspect when the calibrated model all but rules its label out, measured by
 * how often labels are random at all, and records alike do not bear it out. Two models are asked, and either may object: one
 * that learnt from all given labels, which follows a traffic that has changed, and one that learnt from agreed records alone,
 * to which a judge who always errs the same way cannot have taught the mistake. Labels that are wrong by a rule are found by
 * `findSystematic` too. Human judgements are never suspect.
 */
export function findSuspects(request: SuspectRequest): ReadonlyMap<string, Suspect> {
  const known = request.records.filter((record) => request.labels.includes(record.given));
  if (known.length < enoughRecords || request.labels.length < 2) return new Map();
  const neighbourhood = new Neighbourhood(request.records);
  const agreedOnly = known.map((record) => ({ ...record, probabilities: record.agreedOnly }));
  return new Map([
    ...findSystematic(agreedOnly, request.labels, neighbourhood),
    ...findFlips(agreedOnly, request.labels, neighbourhood),
    ...findFlips(known, request.labels, neighbourhood),
  ]);
}

function findFlips(
  records: readonly SuspectRecord[],
  labels: readonly string[],
  neighbourhood: Neighbourhood,
): ReadonlyMap<string, Suspect> {
  const suspects = new Map<string, Suspect>();
  const position = new Map(labels.map((label, at) => [label, at]));
  const judged = records.flatMap((record) => {
    const given = position.get(record.given);
    return given === undefined ? [] : [{ record, given, probabilities: record.probabilities }];
  });

  const thresholds = meanSelfConfidence(judged, labels.length);
  const contestable = judged.filter(({ record }) => record.judgeKind !== 'human');
  const overall = fitLabelNoise(judged);
  const groups = [contestable.filter(isFailure), contestable.filter((item) => !isFailure(item))];
  for (const group of groups) {
    const rate = group.length < enoughRecords ? overall.rate : fitLabelNoise(group).rate;
    for (const { record, given, probabilities } of group) {
      const likely = confidentLabel(probabilities, thresholds);
      if (likely === undefined || likely === given) continue;
      const self = sharpened(probabilities, overall.sharpness, given);
      const strength = chanceOfFlip(self, labels.length, rate);
      if (strength < sureOfFlip || standsByIt(record, neighbourhood)) continue;
      const name = labels[likely] ?? '';
      suspects.set(record.traceId, {
        kind: 'flipped-label',
        strength,
        likely: name,
        reason:
          `given ${JSON.stringify(record.given)} at ${show(probabilities[given] ?? 0)} out of fold against ${show(probabilities[likely] ?? 0)} ` +
          `for ${JSON.stringify(name)}; wrong with probability ${strength.toFixed(2)}`,
      });
    }
  }
  return suspects;
}

/** Whether records alike were given the same label: a random error has no company. */
function standsByIt(record: SuspectRecord, neighbourhood: Neighbourhood): boolean {
  const { byLabel, total } = neighbourhood.vote(record, 10, () => true);
  return total > 0 && (byLabel.get(record.given) ?? 0) / total > companyShare;
}

interface Judged {
  readonly record: SuspectRecord;
  readonly given: number;
  readonly probabilities: readonly number[];
}

function isFailure({ record }: Judged): boolean {
  return record.answer !== record.given;
}

/** Mean out-of-fold probability of each label over the records given it: the thresholds of confident learning. */
function meanSelfConfidence(judged: readonly Judged[], labels: number): Float64Array {
  const sums = new Float64Array(labels);
  const counts = new Float64Array(labels);
  for (const { given, probabilities } of judged) {
    sums[given] = (sums[given] ?? 0) + (probabilities[given] ?? 0);
    counts[given] = (counts[given] ?? 0) + 1;
  }
  return sums.map((sum, label) => ((counts[label] ?? 0) === 0 ? Number.POSITIVE_INFINITY : sum / (counts[label] ?? 1)));
}

/** The likeliest of the labels whose probability reaches their threshold. */
function confidentLabel(probabilities: readonly number[], thresholds: Float64Array): number | undefined {
  let best: number | undefined;
  probabilities.forEach((p, label) => {
    if (p >= (thresholds[label] ?? 1) * nearThreshold && (best === undefined || p > (probabilities[best] ?? 0)))
      best = label;
  });
  return best;
}

function show(probability: number): string {
  return probability < 0.01 ? probability.toExponential(0) : probability.toFixed(2);
}
