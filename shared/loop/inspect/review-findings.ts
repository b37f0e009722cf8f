import type { Model } from '../../domain/models/model.ts';
import { triagedRecordSchema } from '../../domain/traces/trace-record.ts';
import type { RunFindings } from '../../operations/review/review-material.ts';
import { readJsonl } from '../../ports/documents.ts';
import type { Ports } from '../../ports/ports.ts';
import { readingOf } from '../../ports/reading-of.ts';
import { lastFindings } from './last-findings.ts';
import { recordToday } from './record-today.ts';

/** What the newest run that came as far as triage found, for the review queue; null where none has. */
export async function reviewFindings(
  model: Model,
  ports: Pick<Ports, 'lineage' | 'objects' | 'tasks'>,
): Promise<RunFindings | null> {
  const findings = await lastFindings(model.modelId, ports);
  if (findings === null) return null;
  return {
    runId: findings.run.runId,
    async records() {
      const records = await readJsonl(ports.objects, findings.triaged.triagedKey, triagedRecordSchema);
      const reading = readingOf(model, ports);
      return records.map((record) => recordToday(record, reading));
    },
  };
}
