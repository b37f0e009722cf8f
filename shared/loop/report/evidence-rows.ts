import type { ReportData } from './report-data.ts';

/** One kind of evidence that the gate counts. */
export interface EvidenceRow {
  readonly name: string;
  /** What one would have to ingest more of. */
  readonly wanted: string;
  readonly have: number;
  readonly need: number;
}

/** What the gate had to go by against what it needs; empty when the run ended before it was counted. */
export function evidenceRows({ evidence, model }: Pick<ReportData, 'evidence' | 'model'>): readonly EvidenceRow[] {
  if (evidence === null) return [];
  const { enoughFailures, enoughRecords } = model.settings;
  return [
    { name: 'failures after triage', wanted: 'judged failures', have: evidence.failures, need: enoughFailures },
    { name: 'judged traces', wanted: 'judged traces', have: evidence.records, need: enoughRecords },
  ];
}

/** The kinds of evidence of which there is too little. */
export function shortEvidence(data: Pick<ReportData, 'evidence' | 'model'>): readonly EvidenceRow[] {
  return evidenceRows(data).filter((row) => row.have < row.need);
}
