import type { JudgedRecord } from '../traces/trace-record.ts';

/** Whether a person judged the record; then nothing of triage removes it. */
export function isOfPerson({ judgement }: Pick<JudgedRecord, 'judgement'>): boolean {
  return judgement?.judge.kind === 'human';
}
