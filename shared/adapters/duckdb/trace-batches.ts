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
  /** Of the digests of the Parquet files. */
  digest: z.string(),
  /** Of each Parquet file, those of traces first, in the order of the keys; earlier versions kept the digest of all alone. */
  digests: z.array(z.string()).optional(),
});
/**
 * The commit of a batch: written last, so that a batch is in the log whole or not at all. Readers look at nothing else.
 */
export type TraceBatchCommit = z.infer<typeof traceBatchCommitSchema>;

/** A commit with its place in the log and among the generations of its batch. */
export interface CommittedBatch extends TraceBatchCommit {
  /** From 1; see {@link BatchSummary}. */
  readonly position: number;
  readonly generation: number;
  /** Keys of earlier generations' commits that are still there; nobody goes by them. */
  readonly superseded: readonly string[];
}

const parallelReads = 16;
/** How often what erasing changes while it is read is read again. */
const mostReadings = 5;

/**
 * Where the commit of a later generation of a batch is: what is erased of a batch makes the next one, which counts in
 * place of the one before. Versions before the journal committed their first generation here too.
 * @throws RatchetError `InvalidInput` when one of the ids cannot be part of a key
 */
export function commitKey(modelId: string, batchId: string, generation: number): string {
  return `${commitPrefix(modelId)}${checkedId(batchId, 'batch')}${suffixOf(generation)}.json`;
}

const journalBlock = 1_000;

/**
 * Where the batch of this position is committed. Positions are given without a gap, each once, since an entry is written
 * only where there is none: the order of the log goes by no clock.
 */
export function journalKey(modelId: string, position: number): string {
  const block = String(Math.floor(position / journalBlock)).padStart(6, '0');
  return `${journalPrefix(modelId)}${block}/${String(position).padStart(9, '0')}.json`;
}

function journalPrefix(modelId: string): string {
  return `batches/_journal/${checkedId(modelId, 'model')}/`;
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

/** Reads commits, each once: they never change. Tells a log's history without a database. */
export class TraceBatches implements TraceHistory {
  readonly #objects: ObjectStore;
  readonly #read = new Map<string, TraceBatchCommit>();

  constructor(objects: ObjectStore) {
    this.#objects = objects;
  }

  /** A model's committed batches in order of arrival, each in its latest generation. */
  async list(modelId: string): Promise<readonly CommittedBatch[]> {
    return (await this.#load(modelId)).batches;
  }

  async #load(modelId: string): Promise<{ readonly batches: readonly CommittedBatch[]; readonly last: number }> {
    const [generations, journal] = await Promise.all([this.#generations(modelId), this.#journalKeys(modelId)]);
    const entries = await inParallel(journal, parallelReads, async (key) => ({
      position: positionOf(key),
      commit: await this.#commit(key),
    }));
    const numbered = new Map<string, { position: number; commit: TraceBatchCommit }>();
    for (const entry of entries) {
      // Of two processes that append the same batch at once, the first counts.
      if (!numbered.has(entry.commit.batchId)) numbered.set(entry.commit.batchId, entry);
    }
    const named = await inParallel([...generations], parallelReads, async ([batchId, { key, ...place }]) => ({
      batchId,
      commit: { ...(await this.#commit(key)), ...place },
    }));
    const later = new Map(named.map(({ batchId, commit }) => [batchId, commit]));
    const earliest = named
      .filter(({ batchId }) => !numbered.has(batchId))
      .map(({ commit }) => commit)
      .sort((a, b) => a.arrival - b.arrival || (a.batchId < b.batchId ? -1 : a.batchId > b.batchId ? 1 : 0))
      .map((commit, index) => ({ ...commit, position: index + 1 }));
    const batches = [...numbered.values()].map(({ position, commit }) => ({
      ...(later.get(commit.batchId) ?? { ...commit, generation: 0, superseded: [] }),
      position,
    }));
    const last = entries.at(-1)?.position ?? earliest.length;
    return { batches: [...earliest, ...batches], last };
  }

  /** Enters a batch at the end of the journal; nothing happens when it is there. */
  async commit(modelId: string, commit: TraceBatchCommit): Promise<void> {
    const body = new TextEncoder().encode(JSON.stringify(commit));
    for (;;) {
      const { batches, last } = await this.#load(modelId);
      if (batches.some(({ batchId }) => batchId === commit.batchId)) return;
      if (await this.#objects.putIfAbsent(journalKey(modelId, last + 1), body)) return;
    }
  }

  /** Of each batch that has a commit of its own name, the latest generation. */
  async #generations(modelId: string): Promise<ReadonlyMap<string, Generation>> {
    const latest = new Map<string, Generation>();
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
    return latest;
  }

  /** Keys of the journal, by position. */
  async #journalKeys(modelId: string): Promise<readonly string[]> {
    return this.#objects.list(journalPrefix(modelId));
  }

  async history(modelId: string, { after }: { readonly after?: number | null } = {}): Promise<readonly BatchSummary[]> {
    return (await this.list(modelId))
      .filter(({ position }) => position > (after ?? 0))
      .map(({ position, batchId, appendedAt, traces, judgements, judged = null, failed = null }) => ({
        position,
        batchId,
        appendedAt,
        traces,
        judgements,
        judged,
        failed,
      }));
  }

  async version(modelId: string): Promise<string> {
    const [named, journal] = await Promise.all([this.#objects.list(commitPrefix(modelId)), this.#journalKeys(modelId)]);
    return digest(...named, journal.at(-1) ?? '');
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

interface Generation {
  readonly key: string;
  readonly generation: number;
  readonly superseded: string[];
}

function positionOf(key: string): number {
  return Number(key.slice(key.lastIndexOf('/') + 1, -'.json'.length));
}

/** Commits of a model by name, and what was erased of it. */
export function commitPrefix(modelId: string): string {
  return `batches/${checkedId(modelId, 'model')}/`;
}

/** Why names cannot be those of a batch and its model; null when they can. */
export function batchNameProblem(modelId: string, batchId: string): RatchetError | null {
  return badId(modelId, 'model') ?? badId(batchId, 'batch');
}

function checkedId(id: string, what: string): string {
  const problem = badId(id, what);
  if (problem === null) return id;
  throw problem;
}

function badId(id: string, what: string): RatchetError | null {
  const problem = idProblem(id);
  return problem === null
    ? null
    : new RatchetError('InvalidInput', `${JSON.stringify(id.slice(0, 120))} is no ${what} id: ${problem}.`);
}
