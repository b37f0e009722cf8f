import { wilsonInterval } from '../base/statistics.ts';
import type { Neighbourhood } from './neighbourhood.ts';
import { isAgreed, type Suspect, type SuspectRecord } from './suspect.ts';
import type { Trust } from './trust.ts';

/** Fewer corrections, or agreed records to compare with, show no system. */
const fewest = 8;
/**
 * Most of the corrections of a pair that the model's own errors, as often as trusted examples show them, may explain.
 */
const explained = 0.4;
/**
 * Most by which corrections may be told from agreed records by the model: chance of a right order of two, 0.5 is not at
 * all.
 */
const exchangeable = 0.75;
/**
 * Least mixing of corrections with agreed records, or with a third label, among neighbours, as a share of an even mix.
 */
const mixed = 0.6;
/** The champion is as sure as ever when a correction beats an agreed record in confidence at least this often. */
const asSure = 0.25;
/** A third label must win the neighbourhood of surely more than this share of a label's corrections. */
const thirdLabelShare = 0.15;
const neighbours = 10;

/**
 * Finds pairs of labels A → B where a judge writes B for A as a rule. Random errors stand out against a model that
 * never saw them; these do not, since the model learns them. What gives them away are records of A on which everybody
 * agrees (the champion answered A and the judge let it pass, or a person says A). Two forms:
 *
 * 1. The champion answers A, the correction says B, and the corrected inputs cannot be told from the agreed A: out of
 *    fold they get the same odds of A against B (area under the ROC curve near 0.5), among neighbours they lie amid
 * them, and the champion is as sure of them. There must be more of them than a model that takes inputs of B for A as
 * often
 * as it does among trusted examples would make of right corrections, and all its errors must leave most of them
 * unexplained.
 * 2. The champion answers something else, the correction says B, yet for much of B's corrections the agreed neighbours
 *    vote for one and the same third label A, and A has its share of all neighbours.
 *
 * The assumption: inputs of one label are alike, so corrections that are right form a region of their own. A drifted
 * slice which the champion takes for A with confidence and a judge rightly corrects to B is such a region, with no
 * agreed A inside it, and passes. A judge that *never* lets A pass cannot be told from such drift; only human
 * judgements of A can.
 */
export function findSystematic(
  records: readonly SuspectRecord[],
  labels: readonly string[],
  neighbourhood: Neighbourhood,
  trust: Trust,
): ReadonlyMap<string, Suspect> {
  const agreed = new Map<string, SuspectRecord[]>();
  const corrections: SuspectRecord[] = [];
  for (const record of records) {
    if (isAgreed(record)) push(agreed, record.given, record);
    else if (record.judgeKind !== 'human') corrections.push(record);
  }
  return new Map([
    ...answeredRight(corrections, agreed, labels, neighbourhood, trust),
    ...answeredOtherwise(corrections, neighbourhood),
  ]);
}

function* answeredRight(
  corrections: readonly SuspectRecord[],
  agreed: ReadonlyMap<string, readonly SuspectRecord[]>,
  labels: readonly string[],
  neighbourhood: Neighbourhood,
  trust: Trust,
): Generator<[string, Suspect]> {
  const pairs = new Map<string, SuspectRecord[]>();
  const sizes = new Map<string, number>();
  for (const { given } of [...agreed.values(), corrections].flat()) sizes.set(given, (sizes.get(given) ?? 0) + 1);
  for (const record of corrections)
    if (record.answer !== null) push(pairs, `${record.answer}\u0000${record.given}`, record);
  const judged = corrections.length + [...agreed.values()].flat().length;
  let unexplained = Math.ceil(trust.unexplained(corrections.length / Math.max(1, judged)) * corrections.length);
  for (const group of pairs.values()) {
    const [first] = group;
    if (first === undefined || first.answer === null || group.length < fewest) continue;
    const { answer, given } = first;
    const peers = agreed.get(answer) ?? [];
    const a = labels.indexOf(answer);
    const b = labels.indexOf(given);
    if (peers.length < fewest || a === -1) continue;
    if (trust.confusion(b, a) * (sizes.get(given) ?? 0) > explained * group.length) continue;

    const odds = (record: SuspectRecord) => logOdds(record, a, b);
    const peerOdds = peers.map(odds).sort((x, y) => x - y);
    const apart = 1 - shareBelow(group.map(odds), peerOdds);
    if (apart > exchangeable) continue;
    const sureness = shareBelow(
      group.map(({ confidence }) => confidence),
      peers.map(({ confidence }) => confidence).sort((x, y) => x - y),
    );
    if (sureness < asSure) continue;
    const mixing = mixingOf(group, answer, given, peers.length, neighbourhood);
    if (mixing < mixed) continue;

    const least = peerOdds[Math.floor(peerOdds.length / 20)] ?? 0;
    const found = group.filter((record) => odds(record) >= least);
    if ((1 - explained) * found.length > unexplained) continue;
    unexplained -= found.length;
    for (const record of found) {
      yield [
        record.traceId,
        {
          kind: 'systematic-relabel',
          strength: Math.min(1, 1.5 - apart),
          likely: answer,
          reason:
            `one of ${group.length} corrections of ${JSON.stringify(answer)} to ${JSON.stringify(given)} that lie amid ${peers.length} agreed ` +
            `${JSON.stringify(answer)} (told apart in ${apart.toFixed(2)} of pairs, mixing ${mixing.toFixed(2)})`,
        },
      ];
    }
  }
}

/** How much of a correction's neighbours are agreed records of the answered label, against an even mix; 1 is even. */
function mixingOf(
  group: readonly SuspectRecord[],
  answer: string,
  given: string,
  peers: number,
  neighbourhood: Neighbourhood,
): number {
  const sample = everyNth(group, 50);
  let among = 0;
  let all = 0;
  for (const record of sample) {
    const near = neighbourhood.nearest(
      record,
      neighbours,
      (other) =>
        (isAgreed(other) && other.given === answer) ||
        (other.given === given && other.answer === answer && other.judgeKind !== 'human'),
    );
    all += near.length;
    among += near.filter(({ record: other }) => other.given === answer).length;
  }
  return all === 0 ? 0 : among / all / (peers / (peers + group.length));
}

function* answeredOtherwise(
  corrections: readonly SuspectRecord[],
  neighbourhood: Neighbourhood,
): Generator<[string, Suspect]> {
  const byGiven = new Map<string, SuspectRecord[]>();
  for (const record of corrections) push(byGiven, record.given, record);
  for (const [given, group] of byGiven) {
    if (group.length < fewest) continue;
    const sample = everyNth(group, 300);
    if (!thirdLabels(sample, neighbourhood).some(({ count }) => isSystem(count, sample.length))) continue;
    for (const { label, members, count } of thirdLabels(group, neighbourhood)) {
      if (!isSystem(count, group.length)) continue;
      const share = count / group.length;
      for (const record of members) {
        yield [
          record.traceId,
          {
            kind: 'systematic-relabel',
            strength: 0.5 + share / 2,
            likely: label,
            reason:
              `one of ${count} in ${group.length} corrections to ${JSON.stringify(given)} whose agreed neighbours say ${JSON.stringify(label)}, ` +
              `as neither judge nor champion does`,
          },
        ];
      }
    }
  }
}

function isSystem(count: number, of: number): boolean {
  return count >= fewest && wilsonInterval(count, of).lower > thirdLabelShare;
}

/**
 * Groups corrections by the label, neither given nor answered, that wins the vote of their agreed neighbours by far.
 */
function thirdLabels(
  group: readonly SuspectRecord[],
  neighbourhood: Neighbourhood,
): { label: string; count: number; members: SuspectRecord[] }[] {
  const byLabel = new Map<string, SuspectRecord[]>();
  for (const record of group) {
    const { byLabel: votes, total } = neighbourhood.vote(record, 15, isAgreed);
    let winner: string | undefined;
    for (const [label, weight] of votes) {
      if (label === record.given || label === record.answer) continue;
      if (winner === undefined || weight > (votes.get(winner) ?? 0)) winner = label;
    }
    if (winner === undefined) continue;
    const weight = votes.get(winner) ?? 0;
    if (weight <= 2 * (votes.get(record.given) ?? 0) || weight <= total / 4) continue;
    // Where nearly all records alike were given this label there is no third label to mistake: it is a region of its
    // own.
    const around = neighbourhood.vote(record, 15, () => true).byLabel;
    if ((around.get(winner) ?? 0) >= mixed * (around.get(record.given) ?? 0)) push(byLabel, winner, record);
  }
  return [...byLabel].map(([label, members]) => ({ label, members, count: members.length }));
}

function logOdds({ probabilities }: SuspectRecord, a: number, b: number): number {
  return Math.log(Math.max(1e-5, probabilities[a] ?? 0)) - Math.log(Math.max(1e-5, probabilities[b] ?? 0));
}

/**
 * Chance that a value is above one of the sorted others, ties half (area under the ROC curve, Mann and Whitney 1947).
 */
function shareBelow(values: readonly number[], sorted: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += (lowerBound(sorted, value) + upperBound(sorted, value)) / 2;
  return sum / (values.length * sorted.length);
}

function lowerBound(sorted: readonly number[], value: number): number {
  return partition(sorted, (other) => other < value);
}

function upperBound(sorted: readonly number[], value: number): number {
  return partition(sorted, (other) => other <= value);
}

function partition(sorted: readonly number[], isBefore: (other: number) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = sorted[middle];
    if (other !== undefined && isBefore(other)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function everyNth<T>(items: readonly T[], most: number): readonly T[] {
  const stride = Math.max(1, Math.ceil(items.length / most));
  return items.filter((_, at) => at % stride === 0);
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
