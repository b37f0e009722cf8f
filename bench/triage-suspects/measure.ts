import { poisonDetectors } from '../../shared/domain/triage/detector-name.ts';
import type { OutOfFold } from '../../shared/domain/triage/off-domain.ts';
import type { SuspectRecord } from '../../shared/domain/triage/suspect.ts';
import { findSuspects } from '../../shared/domain/triage/suspects.ts';
import { triageRecords } from '../../shared/domain/triage/triage-records.ts';
import { classification } from '../../shared/tasks/classification/classification.ts';
import { labelOf } from '../../shared/tasks/classification/label.ts';
import type { Lineage } from './collect.ts';
import type { JudgedLog } from './lineage.ts';

/** From this probability on a label is suspect in what is measured. */
const from = 0.3;

/** A judged log with a given label, as triage sees it and as it is. */
export interface Finding {
  /** Whether a detector of poisoned text removes it, before its label is looked at. */
  readonly text: boolean;
  /** Probability that the label is wrong; 0 for poisoned text. */
  readonly strength: number;
  readonly suspect: boolean;
  /** Whether triage names the right label as the likely one; null where it has none. */
  readonly named: boolean | null;
  /** Whether the judge's label is wrong; whether the log is no poison. */
  readonly wrong: boolean;
  readonly good: boolean;
}

export function findIn({ logs, labels, outOfFold }: Lineage): Finding[] {
  const records = logs.map(({ record }) => record);
  const kind = { ...classification, triage: poisonDetectors };
  const texts = triageRecords({ records, kind, labels, outOfFold });
  const isText = ({ record }: JudgedLog) => texts.get(record.traceId)?.category === 'poison';
  const judged = logs.filter((log) => log.record.expected !== null);
  const suspects = findSuspects({
    labels,
    from: 0,
    records: judged.filter((log) => !isText(log)).flatMap(({ record }) => suspectRecord(record, labels, outOfFold)),
  });
  return judged.map((log) => {
    const { truth, record } = log;
    const found = suspects.get(record.traceId);
    return {
      text: isText(log),
      strength: found?.strength ?? 0,
      suspect: found !== undefined && found.strength >= from,
      named: found === undefined || truth.right === null ? null : found.likely === labelOf(truth.right),
      wrong: truth.wrongCorrection,
      good: truth.class !== 'poison',
    };
  });
}

function suspectRecord(
  { traceId, timestamp, expected, recorded }: JudgedLog['record'],
  labels: readonly string[],
  { first, second }: Lineage['outOfFold'],
): SuspectRecord[] {
  const one = first.get(traceId);
  const two = second.get(traceId);
  if (expected === null || one === undefined || two === undefined) return [];
  return [
    {
      traceId,
      timestamp,
      given: labelOf(expected),
      judgeKind: 'llm',
      recorded: recorded === null ? null : labelOf(recorded),
      first: inOrder(one, labels),
      second: inOrder(two, labels),
    },
  ];
}

function inOrder(found: OutOfFold, labels: readonly string[]): number[] {
  const byLabel = new Map(found.labels.map((label, at) => [label, found.probabilities[at] ?? 0]));
  return labels.map((label) => byLabel.get(label) ?? 0);
}

/** Counts, which add up over lineages. */
export interface Counts {
  readonly wrong: number;
  /** Wrong labels that the detectors of poisoned text remove; that are suspect. */
  readonly wrongText: number;
  readonly wrongSuspect: number;
  readonly suspects: number;
  /** Suspects with a right label, and those of them that triage names. */
  readonly nameable: number;
  readonly named: number;
  readonly good: number;
  readonly goodSuspect: number;
  readonly goodText: number;
  /** Area under the ROC curve of the probability, text poison apart; null where nothing is wrong. */
  readonly auc: number | null;
  /** By tenths of the probability: records, the sum of their probabilities, and how many are wrong. */
  readonly bins: readonly { readonly records: number; readonly expected: number; readonly wrong: number }[];
}

export function count(findings: readonly Finding[]): Counts {
  const of = (accept: (finding: Finding) => boolean) => findings.filter(accept).length;
  const judged = findings.filter(({ text }) => !text);
  const isFound = ({ suspect, wrong }: Finding) => suspect && wrong;
  return {
    wrong: of(({ wrong }) => wrong),
    wrongText: of(({ wrong, text }) => wrong && text),
    wrongSuspect: of(isFound),
    suspects: of(({ suspect }) => suspect),
    nameable: of((finding) => isFound(finding) && finding.named !== null),
    named: of((finding) => isFound(finding) && finding.named === true),
    good: of(({ good }) => good),
    goodSuspect: of(({ good, suspect }) => good && suspect),
    goodText: of(({ good, text }) => good && text),
    auc: areaUnderCurve(judged),
    bins: Array.from({ length: 10 }, (_, bin) => {
      const inBin = judged.filter(({ strength }) => Math.min(9, Math.floor(10 * strength)) === bin);
      return {
        records: inBin.length,
        expected: inBin.reduce((sum, { strength }) => sum + strength, 0),
        wrong: inBin.filter(({ wrong }) => wrong).length,
      };
    }),
  };
}

/** Chance that a wrong label has the greater probability of two, ties half (Mann and Whitney 1947). */
function areaUnderCurve(findings: readonly Finding[]): number | null {
  const sorted = findings.toSorted((a, b) => a.strength - b.strength);
  const positives = sorted.filter(({ wrong }) => wrong).length;
  const negatives = sorted.length - positives;
  if (positives === 0 || negatives === 0) return null;
  let sum = 0;
  for (let at = 0; at < sorted.length; ) {
    let end = at;
    while (end < sorted.length && sorted[end]?.strength === sorted[at]?.strength) end += 1;
    sum += ((at + end + 1) / 2) * sorted.slice(at, end).filter(({ wrong }) => wrong).length;
    at = end;
  }
  return (sum - (positives * (positives + 1)) / 2) / (positives * negatives);
}
