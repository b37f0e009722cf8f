import type { CandidateReport, ReportData } from './report-data.ts';

/** The candidate that the decision was about; null when none was trained. */
export function decidedCandidate(data: Pick<ReportData, 'candidates' | 'decidedOn'>): CandidateReport | null {
  return data.candidates.find((candidate) => candidate.candidateId === data.decidedOn) ?? null;
}
