import { triagedRecordSchema } from '../../../shared/domain/traces/trace-record.ts';
import { readJsonl } from '../../../shared/ports/documents.ts';
import type { Ports } from '../../../shared/ports/ports.ts';
import { isJudged, type StagedLog } from '../logs/staged-log.ts';
import { isPoison } from '../perturbations/kinds.ts';
import type { TriageCount } from './unit-result.ts';

/**
 * Holds what a run's triage removed against what was done to the stage's logs. Logs that nobody judged are left
 * out: there is nothing to triage.
 */
export async function countTriage(
  modelId: string,
  runId: string,
  logs: readonly StagedLog[],
  ports: Ports,
): Promise<TriageCount[]> {
  const key = `runs/${modelId}/${runId}/0/triage-traces/all/triaged.jsonl`;
  const records = new Map(
    (await readJsonl(ports.objects, key, triagedRecordSchema)).map((record) => [record.traceId, record]),
  );
  const counts = new Map<string, TriageCount>();
  for (const log of logs) {
    const record = records.get(log.logId);
    if (record === undefined || !isJudged(log)) continue;
    const { truth } = log;
    const kind = truth.kinds.find(isPoison) ?? truth.kinds[0] ?? 'none';
    const { class: ofLog, wrongCorrection } = truth;
    const failing = record.verdict === 'fail';
    const name = JSON.stringify([kind, ofLog, wrongCorrection, failing]);
    const before = counts.get(name);
    const { category } = record.triage;
    const removed = category === 'poison' || category === 'suspect-judgement';
    counts.set(name, {
      kind,
      class: ofLog,
      wrongCorrection,
      failing,
      logs: (before?.logs ?? 0) + 1,
      poison: (before?.poison ?? 0) + Number(category === 'poison'),
      suspects: (before?.suspects ?? 0) + Number(category === 'suspect-judgement'),
      unknown: (before?.unknown ?? 0) + Number(!removed && log.expected === null),
    });
  }
  return [...counts.values()];
}
