import { z } from 'zod';
import { configurationSchema } from '../../domain/models/configuration.ts';
import { moveKindSchema, moveSchema } from '../../domain/policy/policy.ts';
import { stopReasonSchema } from '../../domain/policy/stop-reason.ts';
import { readJson } from '../../ports/documents.ts';
import type { Ports } from '../../ports/ports.ts';
import { candidateRefSchema, datasetRefSchema } from './candidate.ts';
import { lineageIdSchema, objectKeySchema } from './limits.ts';

/** Where the loop stands: which iteration comes, and what it changes. `first` changes nothing yet. */
export const iterationRefSchema = z.strictObject({
  number: z.int().positive(),
  kind: z.union([z.literal('first'), moveKindSchema]),
  /** Name of the move. */
  move: lineageIdSchema,
  /** Object key of the {@link History}; null in the first iteration. */
  historyKey: objectKeySchema.nullable(),
});
export type IterationRef = z.infer<typeof iterationRefSchema>;

const iterationRecordSchema = z.strictObject({
  iteration: z.int().positive(),
  kind: z.union([z.literal('first'), moveKindSchema]),
  move: z.string(),
  best: candidateRefSchema,
  score: z.number(),
  rolledBack: z.boolean(),
  decision: z.string(),
  gateKey: z.string(),
});

/** One iteration that was evaluated. */
export type IterationRecord = z.infer<typeof iterationRecordSchema>;

export const historySchema = z.strictObject({
  iterations: z.array(iterationRecordSchema),
  /** What the next iteration builds on: after a rollback, what stood before. */
  basis: z.strictObject({
    candidate: candidateRefSchema,
    score: z.number(),
    dataset: datasetRefSchema,
    configuration: configurationSchema,
  }),
  /** All configurations that the run has trained with. */
  tried: z.array(configurationSchema),
  /** The move of the coming iteration; null when there is none. */
  next: moveSchema.nullable(),
  /** Why the search for a better candidate ended; null while it goes on, and when the gate ended it. */
  ended: stopReasonSchema.nullable(),
});
export type History = z.infer<typeof historySchema>;

/** What came before the iteration; null in the first. */
export async function readHistory(ref: IterationRef, ports: Ports): Promise<History | null> {
  return ref.historyKey === null ? null : readJson(ports.objects, ref.historyKey, historySchema);
}
