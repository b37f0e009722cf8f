import { RatchetError } from '../domain/base/errors.ts';
import { shortDigest } from '../domain/base/ids.ts';
import { optionsKeys, parseDropKey } from '../domain/traces/drop-key.ts';
import { readJson, writeJson } from '../ports/documents.ts';
import type { Ports } from '../ports/ports.ts';
import { type FileOptions, noFileOptions, readDropOptions } from './drop-options.ts';
import { type IngestReceipt, ingestReceiptKey, ingestReceiptSchema } from './ingest-receipt.ts';
import { nothingIngested } from './ingest-result.ts';
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

/** Problems that a receipt tells; quarantine has them all. */
const mostProblems = 100;

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
  const parsed = parseDropKey(await keyAsItIs(named, open));
  if (parsed.kind === 'folder' || parsed.kind === 'options') return { kind: 'nothing' };
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
    const options = await optionsOf(drop, modelId, open);
    const problems: IngestReceipt['problems'] = [];
    const result = await ingestTraces(
      {
        modelId,
        sources: [source],
        ...options,
        mostBadLines: limits.badLines,
        onProblem: ({ line, lines, reason, mend }) => {
          if (problems.length < mostProblems) problems.push({ line, lines, reason, mend });
        },
      },
      ports,
    );
    const { samples: _none, ...counts } = result;
    const receipt: IngestReceipt = ingestReceiptSchema.parse({
      schemaVersion: 1,
      drop,
      etag,
      ...counts,
      problems,
      failure: null,
    });
    await writeJson(ports.objects, receiptKey, receipt);
    return { kind: 'ingested', modelId, drop, receipt };
  } catch (error) {
    if (!(error instanceof RatchetError && lasting.has(error.name))) throw error;
    const failure = { name: error.name, cause: error.message, mend: error.mend };
    const { samples: _none, ...none } = nothingIngested;
    const receipt = ingestReceiptSchema.parse({ schemaVersion: 1, drop, etag, ...none, failure });
    await writeJson(ports.objects, receiptKey, receipt);
    return { kind: 'refused', modelId, drop, failure };
  }
}

/**
 * EventBridge names keys as they are; some services encode them as in a URL. Which it is the bucket tells, since both may
 * be names of objects.
 */
async function keyAsItIs(named: string, open: DropRequest['open']): Promise<string> {
  const decoded = /[%+]/.test(named) ? urlDecoded(named) : named;
  return decoded === named || parseDropKey(decoded).kind === 'refused' || (await isThere(named, open))
    ? named
    : decoded;
}

function urlDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

async function isThere(key: string, open: DropRequest['open']): Promise<boolean> {
  try {
    // What was opened and never begun would keep its connection, and break with it.
    for await (const _part of await open(key)) break;
    return true;
  } catch (error) {
    if (error instanceof RatchetError && error.name === 'ObjectMissing') return false;
    throw error;
  }
}

/** How the file is to be read: as the options beside it say, else those of its model's drops. */
async function optionsOf(drop: string, modelId: string, open: DropRequest['open']): Promise<FileOptions> {
  for (const key of optionsKeys(drop, modelId)) {
    const bytes = await bytesIfThere(key, open);
    if (bytes !== null) return readDropOptions(bytes, key);
  }
  return noFileOptions;
}

async function bytesIfThere(key: string, open: DropRequest['open']): Promise<Uint8Array | null> {
  try {
    const parts: Uint8Array[] = [];
    for await (const part of await open(key)) parts.push(part);
    return Buffer.concat(parts);
  } catch (error) {
    if (error instanceof RatchetError && error.name === 'ObjectMissing') return null;
    throw error;
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
