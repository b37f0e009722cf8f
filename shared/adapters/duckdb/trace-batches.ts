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

/** A commit with its place among the generations of its batch. */
export interface CommittedBatch extends TraceBatchCommit {
  readonly generation: number;
  /** Keys of earlier generations' commits that are still there; nobody goes by them. */
  readonly superseded: readonly string[];
}

const parallelReads = 16;
/** How often what erasing changes while it is read is read again. */
const mostReadings = 5;

/**
 * Where a batch's commit is. What is erased of a batch makes the next generation of it, which is committed beside the
 * one before and counts in its place.
 * @throws RatchetError `InvalidInput` when one of the ids cannot be part of a key
 */
export function commitKey(modelId: string, batchId: string, generation = 0): string {
  return `${commitPrefix(modelId)}${checkedId(batchId, 'batch')}${suffixOf(generation)}.json`;
}

/** Where a batch's traces of one UTC day go; `part` is 0 but for the further files of a very large batch. */
export function traceKey(modelId: string, date: string, batchId: string, part: number): string {
  return `traces/${modelId}/date=${date}/${batchId}${part === 0 ? '' : `.${part}`}.parquet`;
}

export function judgementKey(modelId: string, batchId: string): string {
  return `judgements/${modelId}/${batchId}.parquet`;
}

/** The key of a batch's file in another generation. */
export function keyInGeneration(key: string, generation: number): string {
  const name = key.lastIndexOf('/') + 1;
  const [batchId = '', ...rest] = key.slice(name).split('.');
  const parts = rest.filter((part) => !generationPattern.test(part));
  return [`${key.slice(0, name)}${batchId}${suffixOf(generation)}`, ...parts].join('.');
}

/** The id of the batch that a file of the log belongs to, as its key says. */
export function batchOfKey(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1).split('.')[0] ?? '';
}

const generationPattern = /^e\d+$/;

function suffixOf(generation: number): string {
  return generation === 0 ? '' : `.e${generation}`;
}

/** The part of a commit's key after the prefix: batch id and generation. Tombstones lie in a folder below. */
const commitName = /^([^/.]+)(?:\.e(\d+))?\.json$/;

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

  /** A model's committed batches in order of arrival, each in its latest generation. */
  async list(modelId: string): Promise<readonly CommittedBatch[]> {
    const latest = new Map<string, { key: string; generation: number; superseded: string[] }>();
    const prefix = commitPrefix(modelId);
    for (const key of await this.#objects.list(prefix)) {
      const [, batchId, digits = '0'] = commitName.exec(key.slice(prefix.length)) ?? [];
      if (batchId === undefined) continue;
      const generation = Number(digits);
      const known = latest.get(batchId);
      if (known === undefined) latest.set(batchId, { key, generation, superseded: [] });
      else if (known.generation > generation) known.superseded.push(key);
      else latest.set(batchId, { key, generation, superseded: [...known.superseded, known.key] });
    }
    const commits = await inParallel([...latest.values()], parallelReads, async ({ key, ...place }) => ({
      ...(await this.#commit(key)),
      ...place,
    }));
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

  /**
   * Reads what commits name, and reads again where erasing changed the log meanwhile: a file that a commit named may
   * then be gone.
   */
  async consistently<T>(modelId: string, read: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      const version = await this.version(modelId);
      try {
        return await read();
      } catch (error) {
        if (attempt >= mostReadings || (await this.version(modelId)) === version) throw error;
      }
    }
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

/** Commits of a model. */
export function commitPrefix(modelId: string): string {
  return `batches/${checkedId(modelId, 'model')}/`;
}

function checkedId(id: string, what: string): string {
  const problem = idProblem(id);
  if (problem === null) return id;
  throw new RatchetError('InvalidInput', `${JSON.stringify(id.slice(0, 120))} is no ${what} id: ${problem}.`);
}
