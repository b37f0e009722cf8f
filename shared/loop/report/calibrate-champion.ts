import type { Output } from '../../domain/base/output.ts';
import type { TaskKind } from '../../domain/base/task-kind.ts';
import {
  answeredLabel,
  type Calibration,
  calibrationOf,
  type JudgedAnswer,
} from '../../domain/evaluation/calibration.ts';
import type { EvaluationAnswer } from '../../domain/evaluation/evaluation-set.ts';
import { evidenceRecordSchema } from '../../domain/evaluation/evidence-record.ts';
import type { SplitRecord } from '../../domain/traces/trace-record.ts';
import { readJsonl } from '../../ports/documents.ts';
import type { Ports } from '../../ports/ports.ts';

/**
 * How the confidences of the champion after a run read as shares of right answers, by what is answered out of fold on the
 * evidence that triage kept.
 * @param promoted answers of the candidate that was promoted, by trace; null where the champion stayed
 */
export async function calibrateChampion(
  checkpointId: string,
  evidenceKey: string,
  records: readonly SplitRecord[],
  promoted: ReadonlyMap<string, EvaluationAnswer> | null,
  kind: TaskKind,
  { objects }: Pick<Ports, 'objects'>,
): Promise<Calibration> {
  const evidence = await readJsonl(objects, evidenceKey, evidenceRecordSchema);
  const byId = new Map(records.map((record) => [record.traceId, record]));
  const answers = evidence.flatMap(({ exampleId, kept }): JudgedAnswer[] => {
    if (!kept) return [];
    const now = promoted?.get(exampleId);
    const record = byId.get(exampleId);
    if (promoted !== null) return now === undefined ? [] : answerOf(exampleId, now.output, now, kind);
    if (record === undefined) return [];
    const right = record.verdict === 'pass';
    return answerOf(exampleId, record.answer, { confidence: record.confidence, right }, kind);
  });
  return calibrationOf(checkpointId, answers);
}

/** None for no answer: that has no confidence. */
function answerOf(
  id: string,
  output: Output | null,
  { confidence, right }: { readonly confidence: number; readonly right: boolean },
  kind: TaskKind,
): JudgedAnswer[] {
  return output === null ? [] : [{ id, label: answeredLabel(output, kind), confidence, right }];
}
