import type { LabelReading } from '../../domain/base/label-change.ts';
import { compareText } from '../../domain/base/text.ts';
import { type TriagedRecord, triagedRecordSchema } from '../../domain/traces/trace-record.ts';
import { readJsonl } from '../../ports/documents.ts';
import type { Ports } from '../../ports/ports.ts';
import type { LastFindings } from './last-findings.ts';
import { recordToday } from './record-today.ts';

/** The records whose judgement the run found suspect, likeliest wrong first, then oldest first; in the labels of today. */
export async function suspectsOf(
  { triaged }: { readonly triaged: Pick<LastFindings['triaged'], 'triagedKey'> },
  reading: LabelReading | null,
  { objects }: Pick<Ports, 'objects'>,
): Promise<readonly TriagedRecord[]> {
  const records = await readJsonl(objects, triaged.triagedKey, triagedRecordSchema);
  return records
    .filter(({ triage }) => triage.category === 'suspect-judgement')
    .sort(
      (a, b) =>
        (b.triage.suspect?.probability ?? 1) - (a.triage.suspect?.probability ?? 1) ||
        Date.parse(a.timestamp) - Date.parse(b.timestamp) ||
        compareText(a.traceId, b.traceId),
    )
    .map((record) => recordToday(record, reading));
}

/** Whether a person's judgement is among those that the run looked at. */
export async function judgedByPeople(
  { triaged }: { readonly triaged: Pick<LastFindings['triaged'], 'triagedKey'> },
  { objects }: Pick<Ports, 'objects'>,
): Promise<boolean> {
  const records = await readJsonl(objects, triaged.triagedKey, triagedRecordSchema);
  return records.some(({ judgement }) => judgement?.judge.kind === 'human');
}
