import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import { type IngestReceipt, ingestReceiptKey, ingestReceiptSchema } from '../../shared/intake/ingest-receipt.ts';
import type { BadLine, IngestResult } from '../../shared/intake/ingest-traces.ts';
import { readJson, readJsonl } from '../../shared/ports/documents.ts';
import { unknownModel } from '../../shared/ports/unknown-model.ts';
import type { ProgressUi } from '../progress.ts';
import type { StackPlace } from './stack-place.ts';
import { uploadDrop } from './upload-drop.ts';

export interface StackFile {
  readonly name: string;
  /** Bytes as they are, gzip too. */
  open(): Promise<AsyncIterable<Uint8Array>>;
}

export interface StackIngestRequest {
  readonly modelId: string;
  readonly files: readonly StackFile[];
  readonly onBadLine: (bad: Pick<BadLine, 'file' | 'line' | 'reason' | 'mend'>) => void;
  /** Milliseconds between two looks for the receipt, and until it is given up. */
  readonly pollMs?: number;
  readonly patienceMs?: number;
}

/** A Lambda function works for 15 minutes at most, and is tried three times. */
const defaultPatienceMs = 50 * 60_000;
const defaultPollMs = 1_000;

/**
 * Uploads files of traces to a stack, one after the other since the later correction counts, and waits until each is
 * ingested.
 * @throws RatchetError UnknownModel; the fault that the stack reports; StorageFailure when it reports nothing
 */
export async function ingestOnStack(
  stack: StackPlace,
  request: StackIngestRequest,
  ui: ProgressUi,
): Promise<IngestResult> {
  const { modelId } = request;
  if ((await stack.ports.lineage.getModel(modelId)) === undefined) throw await unknownModel(modelId, stack.ports);
  let total: IngestResult = { ingested: 0, judgements: 0, alreadyKnown: 0, erased: 0, quarantined: 0, quarantine: [] };
  for (const file of request.files) {
    ui.stageStarted('upload', file.name);
    const drop = await uploadDrop(stack, modelId, await file.open(), (sent) =>
      ui.stageProgress('upload', sent, 0, 'bytes'),
    );
    ui.stageFinished('upload', file.name);
    ui.stageStarted('ingest', file.name);
    const receipt = await receiptOf(drop, stack, request);
    ui.stageFinished('ingest', file.name);
    for (const key of receipt.quarantine) await tellBadLines(key, file.name, stack, request.onBadLine);
    total = {
      ingested: total.ingested + receipt.ingested,
      judgements: total.judgements + receipt.judgements,
      alreadyKnown: total.alreadyKnown + receipt.alreadyKnown,
      erased: total.erased + receipt.erased,
      quarantined: total.quarantined + receipt.quarantined,
      quarantine: [...total.quarantine, ...receipt.quarantine],
    };
  }
  return total;
}

async function receiptOf(
  drop: string,
  { ports, name }: StackPlace,
  { modelId, pollMs = defaultPollMs, patienceMs = defaultPatienceMs }: StackIngestRequest,
): Promise<IngestReceipt> {
  const until = ports.clock.now() + patienceMs;
  const key = ingestReceiptKey(modelId, drop);
  for (;;) {
    if ((await ports.objects.get(key)) !== undefined) {
      const receipt = await readJson(ports.objects, key, ingestReceiptSchema);
      if (receipt.failure === null) return receipt;
      const { name: fault, cause, mend } = receipt.failure;
      throw new RatchetError(RatchetError.isName(fault) ? fault : 'StageFailed', cause, { mend });
    }
    if (ports.clock.now() >= until) {
      throw new RatchetError('StorageFailure', `${drop} was uploaded, and is not ingested after all this time.`, {
        mend: `See the log of the stack's function ingest-drop and: ratchet doctor --stack ${name}. Ingesting the file again does no harm.`,
      });
    }
    await setTimeout(pollMs);
  }
}

const badLineSchema = z.object({ line: z.int(), reason: z.string(), mend: z.string() });

/** Tells the bad lines of a quarantine object, by the name that the person gave the file. */
async function tellBadLines(
  key: string,
  file: string,
  { ports }: StackPlace,
  tell: StackIngestRequest['onBadLine'],
): Promise<void> {
  for (const bad of await readJsonl(ports.objects, key, badLineSchema)) tell({ ...bad, file });
}
