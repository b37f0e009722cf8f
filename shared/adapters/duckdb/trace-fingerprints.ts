import { createHash } from 'node:crypto';

/**
 * What a batch is about, in four bytes a trace: by it a reader knows which batches cannot hold an id, and leaves their
 * files alone. Of a million ids, one that is not there is taken for one that is once in some 4,000 questions, which costs a
 * look at the files and nothing else.
 */
export function fingerprintsOf(traceIds: Iterable<string>): string {
  const sorted = Uint32Array.from(new Set([...traceIds].map(fingerprint))).sort();
  const bytes = Buffer.alloc(sorted.length * 4);
  for (const [index, one] of sorted.entries()) bytes.writeUInt32LE(one, index * 4);
  return bytes.toString('base64');
}

/** The fingerprints of ids that are asked for. */
export function fingerprintsAsked(traceIds: readonly string[]): ReadonlySet<number> {
  return new Set(traceIds.map(fingerprint));
}

/** Whether a batch may hold one of the ids. */
export function mayHold(fingerprints: string, asked: ReadonlySet<number>): boolean {
  const bytes = Buffer.from(fingerprints, 'base64');
  for (let at = 0; at + 4 <= bytes.length; at += 4) if (asked.has(bytes.readUInt32LE(at))) return true;
  return false;
}

/** Ids are stored well-formed, and compared so. */
function fingerprint(traceId: string): number {
  return createHash('sha256').update(traceId.toWellFormed()).digest().readUInt32LE(0);
}
