import { z } from 'zod';
import { shortDigest } from '../domain/base/ids.ts';

const count = z.int().nonnegative();
const notesSchema = z.array(z.strictObject({ text: z.string(), count })).default([]);

/**
 * What became of a file that was dropped into the trace bucket; written once it is ingested, for whoever waits for it.
 * The fields with a default are not in receipts of earlier versions.
 */
export const ingestReceiptSchema = z.strictObject({
  schemaVersion: z.literal(1),
  /** Object key of the dropped file. */
  drop: z.string(),
  /** S3's tag of the content that was ingested: the same content is not ingested again. */
  etag: z.string().optional(),
  /** Records read. */
  lines: count.default(0),
  ingested: count,
  judgements: count,
  alreadyKnown: count,
  /** Lines of erased traces. */
  erased: count.default(0),
  quarantined: count,
  /** 1 where no record of the file could be read. */
  unreadable: count.default(0),
  /** Object keys of the quarantined lines. */
  quarantine: z.array(z.string()),
  /** Judgements of traces that are not here yet. */
  parked: count.default(0),
  /** Judgements that name an output which the model does not know. */
  held: count.default(0),
  /** Traces about which people disagree. */
  disputed: count.default(0),
  unknownOutputs: z
    .array(z.strictObject({ output: z.string(), judgements: count, nearest: z.string().nullable() }))
    .default([]),
  passedOver: notesSchema,
  notes: notesSchema,
  warnings: z.array(z.string()).default([]),
  /** What was wrong with files and lines, as it was told: many lines with one reason are one problem. */
  problems: z.array(z.strictObject({ line: count, lines: count, reason: z.string(), mend: z.string() })).default([]),
  /** Lines that have left quarantine. */
  cleared: count.default(0),
  /** Why nothing was ingested, and will not be by itself; null when all went well, bad lines or not. */
  failure: z.strictObject({ name: z.string(), cause: z.string(), mend: z.string() }).nullable(),
});
export type IngestReceipt = z.infer<typeof ingestReceiptSchema>;

/** Object key of the receipt for a dropped file. */
export function ingestReceiptKey(modelId: string, dropKey: string): string {
  return `ingests/${modelId}/${shortDigest(dropKey)}.json`;
}
