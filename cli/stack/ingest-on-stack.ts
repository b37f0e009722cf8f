import { setTimeout } from 'node:timers/promises';
import { elapsed } from '../../shared/domain/base/elapsed.ts';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import type { DropOptions } from '../../shared/intake/drop-options.ts';
import type { ToldProblem } from '../../shared/intake/file-problems.ts';
import { type IngestReceipt, ingestReceiptKey, ingestReceiptSchema } from '../../shared/intake/ingest-receipt.ts';
import { addResults, type IngestResult, nothingIngested } from '../../shared/intake/ingest-result.ts';
import { readJson } from '../../shared/ports/documents.ts';
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
  /** How the files are to be read; null as they tell by themselves. */
  readonly options: DropOptions | null;
  readonly onProblem: (problem: ToldProblem) => void;
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
  let total: IngestResult = nothingIngested;
  for (const file of request.files) {
    ui.stageStarted('upload', file.name);
    const drop = await uploadDrop(stack, { modelId, bytes: await file.open(), options: request.options }, (sent) =>
      ui.stageProgress('upload', sent, 0, 'bytes'),
    );
    ui.stageFinished('upload', file.name);
    ui.stageStarted('ingest', file.name);
    const receipt = await receiptOf(drop, stack, request);
    ui.stageFinished('ingest', file.name);
    const { problems, schemaVersion: _version, drop: _drop, etag: _etag, failure: _none, ...result } = receipt;
    for (const problem of problems) request.onProblem({ ...problem, file: file.name });
    const warnings = result.warnings.map((warning) => warning.replaceAll(drop, file.name));
    total = addResults(total, { ...result, warnings, samples: [] });
  }
  return total;
}

async function receiptOf(
  drop: string,
  { ports, name }: StackPlace,
  { modelId, pollMs = defaultPollMs, patienceMs = defaultPatienceMs }: StackIngestRequest,
): Promise<IngestReceipt> {
  const since = ports.clock.now();
  const key = ingestReceiptKey(modelId, drop);
  for (;;) {
    if ((await ports.objects.get(key)) !== undefined) {
      const receipt = await readJson(ports.objects, key, ingestReceiptSchema);
      if (receipt.failure === null) return receipt;
      const { name: fault, cause, mend } = receipt.failure;
      throw new RatchetError(RatchetError.isName(fault) ? fault : 'StageFailed', cause, { mend });
    }
    if (elapsed(since, ports.clock.now()) >= patienceMs) {
      throw new RatchetError('StorageFailure', `${drop} was uploaded, and is not ingested after all this time.`, {
        mend: `See the log of the stack's function ingest-drop and: ratchet doctor --stack ${name}. Ingesting the file again does no harm.`,
      });
    }
    await setTimeout(pollMs);
  }
}
