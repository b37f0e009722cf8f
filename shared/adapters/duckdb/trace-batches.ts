import { z } from 'zod';
import { RatchetError } from '../../domain/base/errors.ts';
import { digest, idProblem } from '../../domain/base/ids.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { BatchSummary, TraceHistory } from '../../ports/trace-log.ts';
import { decodeDocument } from '../local/document.ts';
import { inParallel } from '../local/in-parallel.ts';

const traceBatchCommitSchema = z.strictObject({
  schemaVersion: z.literal(1),
  batchId: z.string(),
  /** When it was appended, ISO 8601 in UTC. */
  appendedAt: z.string(),
  /** Order of arrival; batches appended at the same time may share one and are then ordered by id. */
  arrival: z.int().positive(),
  traces: z.int().nonnegative(),
  judgements: z.int().nonnegative(),
  /** Traces that the judgements are about, and those found to fail; commits of the first version lack both. */
  judged: z.int().nonnegative().optional(),
  failed: z.int().nonnegative().optional(),
  traceKeys: z.array(z.string()),
  judgementKeys: z.array(z.string()),
  /** Of the Parquet files, in the order of the keys. */
  digest: z.string(),
});
/**
 * The commit of a batch: written last, so that a batch is in the log whole or not at all. Readers look at nothing else.
 */
export type TraceBatchCommit = z.infer<typeof traceBatchCommitSchema>;

const parallelReads = 16;

/** Where a batch's commit is. @throws RatchetError `InvalidInput` when one of the ids cannot be part of a key */
export function commitKey(modelId: string, batchId: string): string {
  return `${commitPrefix(modelId)}${checkedId(batchId, 'batch')}.json`;
}

/** Where a batch's traces of one UTC day go; `part` is 0 but for the further files of a very large batch. */
export function traceKey(modelId: string, date: string, batchId: string, part: number): string {
  return `traces/${modelId}/date=${date}/${batchId}${part === 0 ? '' : `.${part}`}.parquet`;
}

export function judgementKey(modelId: string, batchId: string): string {
  return `judgements/${modelId}/${batchId}.parquet`;
}

/** Names the set of a model's committed batches. */
export async function batchesVersion(objects: ObjectStore, modelId: string): Promise<string> {
  return digest(...(await objects.list(commitPrefix(modelId))));
}

/** Reads commits, each once: they never change. Tells a log's history without a database. */
export class TraceBatches implements TraceHistory {
  readonly #objects: ObjectStore;
  readonly #read = new Map<string, TraceBatchCommit>();

  constructor(objects: ObjectStore) {
    this.#objects = objects;
  }

  /** A model's committed batches in order of arrival. */
  async list(modelId: string): Promise<readonly TraceBatchCommit[]> {
    const keys = await this.#objects.list(commitPrefix(modelId));
    const commits = await inParallel(keys, parallelReads, (key) => this.#commit(key));
    return [...commits].sort(
      (a, b) => a.arrival - b.arrival || (a.batchId < b.batchId ? -1 : a.batchId > b.batchId ? 1 : 0),
    );
  }

  async history(modelId: string, { after }: { readonly after?: string | null } = {}): Promise<readonly BatchSummary[]> {
    const since = after === undefined || after === null ? Number.NEGATIVE_INFINITY : Date.parse(after);
    return (await this.list(modelId))
      .filter((commit) => Date.parse(commit.appendedAt) > since)
      .map(({ batchId, appendedAt, traces, judgements, judged = null, failed = null }) => ({
        batchId,
        appendedAt,
        traces,
        judgements,
        judged,
        failed,
      }));
  }

  version(modelId: string): Promise<string> {
    return batchesVersion(this.#objects, modelId);
  }

  async #commit(key: string): Promise<TraceBatchCommit> {
    const known = this.#read.get(key);
    if (known !== undefined) return known;
    const bytes = await this.#objects.get(key);
    if (bytes === undefined) throw new RatchetError('ObjectMissing', `There is no object ${key} any more.`);
    const commit = decodeDocument(traceBatchCommitSchema, new TextDecoder().decode(bytes), key);
    this.#read.set(key, commit);
    return commit;
  }
}

function commitPrefix(modelId: string): string {
  return `batches/${checkedId(modelId, 'model')}/`;
}

function checkedId(id: string, what: string): string {
  const problem = idProblem(id);
  if (problem === null) return id;
  throw new RatchetError('InvalidInput', `${JSON.stringify(id.slice(0, 120))} is no ${what} id: ${problem}.`);
}
