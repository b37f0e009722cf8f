import type { ReportData } from './report-data.ts';

/** One kind of evidence that the gate counts. */
export interface EvidenceRow {
  readonly kind: 'failures' | 'records';
  readonly name: string;
  /** What one would have to ingest more of: one of it. */
  readonly wanted: string;
  readonly have: number;
  readonly need: number;
  /** How many of it come a day at present; null where the log does not tell. */
  readonly perDay: number | null;
}

type Counted = Pick<ReportData, 'evidence' | 'rates' | 'model' | 'moreForFolds'>;

/** What the gate had to go by against what it needs; empty when the run ended before it was counted. */
export function evidenceRows({ evidence, rates, model, moreForFolds = 0 }: Counted): readonly EvidenceRow[] {
  if (evidence === null) return [];
  const { enoughFailures, enoughRecords } = model.settings;
  return [
    {
      kind: 'failures',
      name: 'failures after triage',
      wanted: 'judged failure',
      have: evidence.failures,
      need: enoughFailures,
      perDay: rates?.failures ?? null,
    },
    {
      kind: 'records',
      name: 'judged traces',
      wanted: 'judged trace',
      have: evidence.records,
      // What the few fold models of a dear trainer do not reach weighs nothing.
      need: Math.max(enoughRecords, evidence.records + moreForFolds),
      perDay: rates?.records ?? null,
    },
  ];
}

/** The kinds of evidence of which there is too little. */
export function shortEvidence(data: Counted): readonly EvidenceRow[] {
  return evidenceRows(data).filter((row) => row.have < row.need);
}

/** Failures that would count if somebody said what is right. */
export function withoutAnswer({ review }: Pick<ReportData, 'review'>): number {
  return review.counts.find(({ why }) => why === 'fail-without-correction')?.count ?? 0;
}

/** Judgements that are held, as the right output that they name is none that the model knows. */
export function heldForNames({ review }: Pick<ReportData, 'review'>): number {
  return review.counts.find(({ why }) => why === 'unknown-output')?.count ?? 0;
}

/** Whether what is missing is there already, but for the right answers of failures that wait in the review. */
export function reviewIsEnough(data: Counted & Pick<ReportData, 'review'>): boolean {
  const [only, ...others] = shortEvidence(data);
  return only?.kind === 'failures' && others.length === 0 && withoutAnswer(data) >= only.need - only.have;
}

/** Whether failures alone are missing since the champion has everything right. */
export function isAllRight(data: Counted & Pick<ReportData, 'review' | 'weighed'>): boolean {
  const { size, right } = data.weighed;
  const [only, ...others] = shortEvidence(data);
  const failed = only?.kind === 'failures' && others.length === 0 ? only.have : null;
  return failed === 0 && size > 0 && right === size && withoutAnswer(data) === 0;
}

/** In how many days there is enough of a kind at the present rate, at least 1; null where nobody can tell. */
export function daysUntilEnough({ have, need, perDay }: EvidenceRow): number | null {
  return perDay === null || perDay <= 0 ? null : Math.max(1, Math.ceil((need - have) / perDay));
}

/** In how many days there is enough of all kinds that are short; null where nobody can tell of one, or none is. */
export function evidenceDays(data: Counted): number | null {
  const days = shortEvidence(data).map(daysUntilEnough);
  return days.reduce<number | null>(
    (longest, one) => (longest === null || one === null ? null : Math.max(longest, one)),
    days.length === 0 ? null : 0,
  );
}
