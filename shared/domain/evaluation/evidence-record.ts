import { z } from 'zod';
import { outputSchema } from '../base/output.ts';
import { compareText } from '../base/text.ts';
import { rightOnRecord } from '../traces/judging.ts';
import type { TriagedRecord } from '../traces/trace-record.ts';
import { isHeld } from '../triage/triage.ts';
import { evaluationItemSchema } from './evaluation-set.ts';
import { placeSchema } from './fold.ts';

/** A judged trace of the evidence, with what is on record: whether the champion has it right out of fold. */
export const evidenceRecordSchema = evaluationItemSchema.extend({
  ...placeSchema.pick({ groupId: true, folds: true }).shape,
  /** Whether it may train; a suspect judgement stays among the evidence, so that triage cannot lean the gate. */
  kept: z.boolean(),
  /** What the champion answers out of fold; null for nothing, and for what an earlier promotion froze. */
  answer: outputSchema.nullable(),
  /** Whether a person has judged it; not known of what an earlier promotion froze. */
  byPerson: z.boolean().optional(),
});
export type EvidenceRecord = z.infer<typeof evidenceRecordSchema>;

/**
 * What candidates are weighed by: every judged trace with a fold of its own, poison left out and what is held, sorted
 * by id.
 * @param isHonest whether the champion's answer on the record came from a model that has not seen it
 */
export function evidenceOf(
  records: readonly TriagedRecord[],
  isHonest: (record: TriagedRecord) => boolean,
): readonly EvidenceRecord[] {
  return records
    .flatMap((record): EvidenceRecord[] => {
      const { traceId, input, expected, verdict, groupId, folds, triage, use, answer, judgement } = record;
      if (use !== 'evidence' || expected === null || verdict === 'unknown' || triage.category === 'poison') return [];
      if (isHeld(triage) || !isHonest(record)) return [];
      const kept = triage.category !== 'suspect-judgement';
      const byPerson = judgement?.judge.kind === 'human';
      const fromJudge = rightOnRecord(record) === null;
      return [
        {
          exampleId: traceId,
          input,
          expected,
          right: verdict === 'pass',
          groupId,
          folds,
          kept,
          answer,
          byPerson,
          ...(fromJudge && { fromJudge }),
        },
      ];
    })
    .sort((a, b) => compareText(a.exampleId, b.exampleId));
}
