import { z } from 'zod';
import { type Output, outputSchema } from '../base/output.ts';
import { foldCount, placeSchema } from '../evaluation/fold.ts';
import { isUsable, triageSchema } from '../triage/triage.ts';
import { judgeSchema, verdictSchema } from './judgement.ts';
import { stepSchema } from './trace.ts';

/** A trace as a run pins it: the recorded inference, and what was judged of it. */
export const pinnedRecordSchema = z.strictObject({
  traceId: z.string(),
  /** Its folds, and whether it is evidence. */
  ...placeSchema.shape,
  timestamp: z.string(),
  input: z.string(),
  /** What the trace's metadata names as its `slice`, for the report alone; null where it names none. */
  slice: z.string().nullable(),
  /** How the answer on record came about: reasoning, tool calls; null where nothing of it was recorded. */
  steps: z.array(stepSchema).nullable().default(null),
  /** What the model answered when the trace was recorded. */
  recorded: outputSchema.nullable(),
  /** The judgement that counts, of the recorded answer. */
  judgement: z
    .strictObject({
      verdict: verdictSchema.nullable(),
      expected: outputSchema.nullable(),
      judge: judgeSchema,
      /** Other judges who give the same right output, `kind/id` each, some of them; absent where there are none. */
      alsoBy: z.array(z.string()).readonly().optional(),
    })
    .nullable(),
  /** Why no judgement counts although there are some; absent where one counts, and where there is none. */
  unsettled: z
    .strictObject({
      /**
       * `held`: the right output is none that the task knows (yet); `disputed`: people disagree; `left-open`: a change of
       * labels left open what the judgement says today, so that somebody has to judge anew; `impossible`: the right output can never be true of the input.
       */
      why: z.enum(['held', 'disputed', 'left-open', 'impossible']),
      reason: z.string(),
    })
    .optional(),
});
export type PinnedRecord = z.infer<typeof pinnedRecordSchema>;

/** A pinned record with what the champion answers today, out of fold where it has a fold (see `askedModel`). */
export const snapshotRecordSchema = pinnedRecordSchema.extend({
  /** What the champion answers now. */
  answer: outputSchema.nullable(),
  confidence: z.number(),
  /** The champion's second choice. */
  runnerUp: z.strictObject({ output: outputSchema, confidence: z.number() }).nullable(),
});
export type SnapshotRecord = z.infer<typeof snapshotRecordSchema>;

/** A snapshot record with the verdict on the champion's answer of today. */
export const judgedRecordSchema = snapshotRecordSchema.extend({
  /** `unknown` when nobody knows the right answer to compare with. */
  verdict: z.enum(['pass', 'fail', 'unknown']),
  /** The right output, where known. */
  expected: outputSchema.nullable(),
  judgedBy: judgeSchema.nullable(),
});
export type JudgedRecord = z.infer<typeof judgedRecordSchema>;

export const triagedRecordSchema = judgedRecordSchema.extend({ triage: triageSchema });
export type TriagedRecord = z.infer<typeof triagedRecordSchema>;

/** A triaged record whose right answer is known and that may be trained on or judged by. */
export type UsableRecord = TriagedRecord & { readonly expected: Output; readonly verdict: 'pass' | 'fail' };

/** The champion's margin: its confidence less that of its second choice. */
export function margin(record: SnapshotRecord): number {
  return record.confidence - (record.runnerUp?.confidence ?? 0);
}

export const splitRecordSchema = triagedRecordSchema.extend({
  /**
   * What a record does in the diagnosis: the clusters are found among those for `discovery`, and probed with those for
   * `probing`, so that a cluster is never confirmed by the records that made it. Both train.
   */
  part: z.enum(['discovery', 'probing']),
});
/** A triaged record with its part in the diagnosis. */
export type SplitRecord = z.infer<typeof splitRecordSchema>;

/** Whether a record may train at all: what is kept for the report never does, nor what no fold's model may train. */
export function trains({ use, folds }: Pick<PinnedRecord, 'use' | 'folds'>): boolean {
  return use !== 'report' && folds.length < foldCount;
}

/** Narrows to records that may be trained on or judged by. */
export function isUsableRecord<T extends TriagedRecord>(record: T): record is T & UsableRecord {
  return isUsable(record.triage.category) && record.expected !== null && record.verdict !== 'unknown';
}
