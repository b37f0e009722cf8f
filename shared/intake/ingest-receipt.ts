import { z } from 'zod';
import { shortDigest } from '../domain/base/ids.ts';

/**
 * What became of a file that was dropped into the trace bucket; written once it is ingested, for whoever waits for it.
 */
export const ingestReceiptSchema = z.strictObject({
  schemaVersion: z.literal(1),
  /** Object key of the dropped file. */
  drop: z.string(),
  /** S3's tag of the content that was ingested: the same content is not ingested again. */
  etag: z.string().optional(),
  ingested: z.int().nonnegative(),
  judgements: z.int().nonnegative(),
  alreadyKnown: z.int().nonnegative(),
  /** Lines of erased traces. */
  erased: z.int().nonnegative().default(0),
  quarantined: z.int().nonnegative(),
  /** Object keys of the quarantined lines. */
  quarantine: z.array(z.string()),
  /** Why nothing was ingested, and will not be by itself; null when all went well, bad lines or not. */
  failure: z.strictObject({ name: z.string(), cause: z.string(), mend: z.string() }).nullable(),
});
export type IngestReceipt = z.infer<typeof ingestReceiptSchema>;

/** Object key of the receipt for a dropped file. */
export function ingestReceiptKey(modelId: string, dropKey: string): string {
  return `ingests/${modelId}/${shortDigest(dropKey)}.json`;
}
