import type { ReportData } from './report-data.ts';

/** One kind of evidence that the gate counts. */
export interface EvidenceRow {
  readonly name: string;
  readonly have: number;
  readonly need: number;
}

/** What the gate had to go by against what it needs; empty when the run ended before it was counted. */
export function evidenceRows(data: ReportData): readonly EvidenceRow[] {
  const { evidence, model } = data;
  if (evidence === null) return [];
  return [
    { name: 'failures after triage', have: evidence.failures, need: model.settings.enoughFailures },
    { name: 'examples in traffic-validation', have: evidence.traffic, need: model.settings.enoughTraffic },
    { name: 'examples in the regression set', have: evidence.regression, need: model.settings.enoughRegression },
  ];
}

/** The kinds of evidence of which there is too little. */
export function shortEvidence(data: ReportData): readonly EvidenceRow[] {
  return evidenceRows(data).filter((row) => row.have < row.need);
}
