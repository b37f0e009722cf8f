import { RatchetError } from '../domain/base/errors.ts';
import { shortDigest } from '../domain/base/ids.ts';
import { parseDropKey } from '../domain/traces/drop-key.ts';
import { readJson, writeJson } from '../ports/documents.ts';
import type { Ports } from '../ports/ports.ts';
import { type IngestReceipt, ingestReceiptKey, ingestReceiptSchema } from './ingest-receipt.ts';
import { ingestTraces } from './ingest-traces.ts';
import { type UnpackLimits, unpack, unpackLimits } from './unpack.ts';

export interface DropRequest {
  /** Object key as the event names it. */
  readonly key: string;
  /** Tells one content of the key from another. */
  readonly etag: string;
  /** Opens the object's bytes. @throws RatchetError ObjectMissing */
  readonly open: (key: string) => Promise<AsyncIterable<Uint8Array>>;
  readonly limits?: DropLimits;
}

export interface DropLimits extends UnpackLimits {
  /** Lines that cannot be used, before the rest of the file is given up. */
  readonly badLines: number;
}

export type DropOutcome =
  | { readonly kind: 'ingested'; readonly modelId: string; readonly drop: string; readonly receipt: IngestReceipt }
  | { readonly kind: 'refused'; readonly modelId: string | null; readonly drop: string; readonly failure: Failure }
  | { readonly kind: 'nothing' };

type Failure = NonNullable<IngestReceipt['failure']>;

const defaultLimits: DropLimits = { ...unpackLimits, badLines: 100_000 };

/** Faults that another attempt would meet again. */
const lasting: ReadonlySet<string> = new Set(['InvalidInput', 'UnknownModel', 'ObjectMissing']);

/**
 * Ingests a file that was dropped into the trace bucket, and writes its receipt last. Content that has its receipt is
 * not read again. What cannot be ingested at all (no such model, a key that is none) is noted where people look, and is
 * no fault: another attempt would end the same.
 * @throws RatchetError StorageFailure and other faults that may pass
 */
export async function ingestDrop(
  { key: named, etag, open, limits = defaultLimits }: DropRequest,
  ports: Ports,
): Promise<DropOutcome> {
  const parsed = parseDropKey(named);
  if (parsed.kind === 'folder') return { kind: 'nothing' };
  if (parsed.kind === 'refused') {
    const failure = { name: 'InvalidInput', cause: parsed.reason, mend: parsed.mend };
    await writeJson(ports.objects, `quarantine/_drops/${shortDigest(named)}.json`, { drop: named, ...failure });
    return { kind: 'refused', modelId: null, drop: named, failure };
  }
  const { key: drop, modelId } = parsed;
  const receiptKey = ingestReceiptKey(modelId, drop);
  const known = await receiptOf(etag, receiptKey, ports);
  if (known !== null) return { kind: 'ingested', modelId, drop, receipt: known };
  try {
    const source = { name: drop, open: async () => unpack(await open(drop), drop, limits) };
    const result = await ingestTraces({ modelId, sources: [source], mostBadLines: limits.badLines }, ports);
    const receipt: IngestReceipt = {
      schemaVersion: 1,
      drop,
      etag,
      ...result,
      quarantine: [...result.quarantine],
      failure: null,
    };
    await writeJson(ports.objects, receiptKey, receipt);
    return { kind: 'ingested', modelId, drop, receipt };
  } catch (error) {
    if (!(error instanceof RatchetError && lasting.has(error.name))) throw error;
    const failure = { name: error.name, cause: error.message, mend: error.mend };
    const none = { ingested: 0, judgements: 0, alreadyKnown: 0, erased: 0, quarantined: 0, quarantine: [] };
    await writeJson(ports.objects, receiptKey, {
      schemaVersion: 1,
      drop,
      etag,
      ...none,
      failure,
    } satisfies IngestReceipt);
    return { kind: 'refused', modelId, drop, failure };
  }
}

/** The receipt of this very content; one of a failure counts for none, since the cause may be gone. */
async function receiptOf(etag: string, key: string, ports: Ports): Promise<IngestReceipt | null> {
  try {
    const receipt = await readJson(ports.objects, key, ingestReceiptSchema);
    return receipt.etag === etag && receipt.failure === null ? receipt : null;
  } catch (error) {
    if (error instanceof RatchetError && (error.name === 'ObjectMissing' || error.name === 'CorruptArtifact'))
      return null;
    throw error;
  }
}
