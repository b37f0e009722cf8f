import type { ReportData } from './report-data.ts';

/** What a command needs where the model is on a deployed stack; empty on a laptop. */
export function stackOption({ links }: Pick<ReportData, 'links'>): string {
  return links.length > 0 ? ' --stack NAME' : '';
}
