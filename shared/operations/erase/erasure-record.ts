import { z } from 'zod';

/** What became of one kind of thing. */
export const erasedPartSchema = z.strictObject({
  what: z.string(),
  records: z.int().nonnegative().describe('records, lines and list entries that go'),
  objects: z.int().nonnegative().describe('stored objects that are changed or removed'),
});

export const exposedCheckpointSchema = z.strictObject({
  checkpoint: z.string(),
  dataset: z.string(),
  examples: z.int().describe('examples of its dataset that come from what is erased'),
  champion: z.boolean(),
  holds: z.string().nullable().describe('what of its examples’ texts its artifact holds in clear; null for none'),
});

/**
 * The audit of one erasure. It holds no erased text, no erased id and no value that was searched for.
 */
export const erasureRecordSchema = z.strictObject({
  schemaVersion: z.literal(1),
  erasureId: z.string(),
  modelId: z.string(),
  /** ISO 8601 in UTC. */
  begunAt: z.string(),
  /** Null until all is done: an erasure that was broken off is ended by the same command. */
  endedAt: z.string().nullable(),
  by: z.string(),
  /** `ids`, or the field of the condition. */
  chosenBy: z.string(),
  traces: z.int(),
  judgements: z.int(),
  parts: z.array(erasedPartSchema),
  checkpoints: z.array(exposedCheckpointSchema),
  keys: z.array(z.string()),
  /** Quarantined lines of which only the beginning was kept: the rest may be of what was erased. */
  cutLines: z.int().nonnegative(),
  /** Objects that could not be looked into, with the reason. */
  left: z.array(z.strictObject({ key: z.string(), why: z.string() })),
});
export type ErasureRecord = z.infer<typeof erasureRecordSchema>;

/** Object key of an erasure's audit. */
export function erasureKey(modelId: string, erasureId: string): string {
  return `models/${modelId}/erasures/${erasureId}.json`;
}

/** Beside a dataset's examples or a frozen set's records: how many were erased since it was made. */
export const erasedNoteSchema = z.strictObject({
  schemaVersion: z.literal(1),
  erased: z.int().nonnegative(),
  /** SHA-256 of what erasing made of the object, each time; notes of earlier versions have the count alone. */
  digests: z.array(z.string()).optional(),
});

/** Object key of the note beside an object. */
export function erasedNoteKey(key: string): string {
  return key.replace(/\.jsonl$/, '.erased.json');
}
