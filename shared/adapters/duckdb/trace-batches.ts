import { z } from 'zod';
import { RatchetError } from '../../domain/base/errors.ts';
import { canonicalJson, digest, idProblem, shortDigest } from '../../domain/base/ids.ts';
import { encodeJsonl, readJsonl } from '../../ports/documents.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { Appended, BatchSummary, TraceHistory } from '../../ports/trace-log.ts';
import { decodeDocument } from '../local/document.ts';
import { inParallel } from '../local/in-parallel.ts';
import { type MergedInto, MergeRecords, type Merges, mergedInto } from './merged-files.ts';
import { fingerprintsAsked, mayHold } from './trace-fingerprints.ts';

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
  /** Traces known to fail before, whose right output the batch tells; absent where there are none. */
  corrected: z.int().nonnegative().optional(),
  /** Id of the batch all of whose judgements it takes back. */
  takesBack: z.string().optional(),
  traceKeys: z.array(z.string()),
  judgementKeys: z.array(z.string()),
  /** Of the digests of the Parquet files. */
  digest: z.string(),
  /** Of each Parquet file, those of traces first, in the order of the keys; earlier versions kept the digest of all alone. */
  digests: z.array(z.string()).optional(),
  /** Of all its files; commits of earlier versions lack it. */
  bytes: z.int().nonnegative().optional(),
  /** Of the traces that it holds or judges ({@link fingerprintsOf}); commits of earlier versions lack them. */
  fingerprints: z.string().optional(),
});
/**
 * The commit of a batch: written last, so that a batch is in the log whole or not at all. Readers look at nothing else.
 */
export type TraceBatchCommit = z.infer<typeof traceBatchCommitSchema>;

/** As it is stored by itself: with a digest of what else it says, which commits of earlier versions lack. */
const sealedCommitSchema = traceBatchCommitSchema.extend({ seal: z.string().optional() });

export function encodeCommit(commit: TraceBatchCommit): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ ...commit, seal: sealOf(commit) }));
}

/** @throws RatchetError `CorruptArtifact` for what is no commit, or not as it was written */
function decodeCommit(bytes: Uint8Array, key: string): TraceBatchCommit {
  const { seal, ...commit } = decodeDocument(sealedCommitSchema, new TextDecoder().decode(bytes), key);
  if (seal === undefined || seal === sealOf(commit)) return commit;
  throw new RatchetError('CorruptArtifact', `${key} is not what was written.`, {
    mend: 'Restore it from a backup of the workspace, then give the same command again.',
  });
}

function sealOf(commit: TraceBatchCommit): string {
  return shortDigest(canonicalJson(commit));
}

/** A commit with its place in the log and among the generations of its batch. */
export interface CommittedBatch extends TraceBatchCommit {
  /** From 1; see {@link BatchSummary}. */
  readonly position: number;
  readonly generation: number;
  /** Keys of earlier generations' commits that are still there; nobody goes by them. */
  readonly superseded: readonly string[];
  /** The merged files that its rows are read from; null where they stand in files of its own. */
  readonly merged: MergedInto | null;
}

const parallelReads = 16;
const unasked = { seen: null, traceIds: [] };
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

/** Entries of the journal that lie in one folder, and in one file once there are so many. */
const journalBlock = 1_000;

/**
 * Where the batch of this position is committed. Positions are given without a gap, each once, since an entry is written
 * only where there is none: the order of the log goes by no clock.
 */
export function journalKey(modelId: string, position: number): string {
  return `${journalPrefix(modelId, blockOf(position))}${String(position).padStart(9, '0')}.json`;
}

function blockOf(position: number): number {
  return Math.floor(position / journalBlock);
}

function journalPrefix(modelId: string, block: number): string {
  return `batches/_journal/${checkedId(modelId, 'model')}/${String(block).padStart(6, '0')}/`;
}

function blocksPrefix(modelId: string): string {
  return `batches/_blocks/${checkedId(modelId, 'model')}/`;
}

/** Where the entries of a whole block are once more, in one file: without fingerprints, or they alone. */
function blockKey(modelId: string, block: number, what: 'commits' | 'fingerprints'): string {
  return `${blocksPrefix(modelId)}${String(block).padStart(6, '0')}.${what}.jsonl`;
}

const blockEntrySchema = z.strictObject({ position: z.int().positive(), commit: traceBatchCommitSchema });
const blockFingerprintsSchema = z.strictObject({ position: z.int().positive(), fingerprints: z.string().optional() });
type Entry = z.infer<typeof blockEntrySchema>;

/** What a log's history tells of a batch, a fraction of its commit. */
const summarySchema = z.object({
  batchId: z.string(),
  appendedAt: z.string(),
  arrival: z.int().positive(),
  traces: z.int().nonnegative(),
  judgements: z.int().nonnegative(),
  judged: z.int().nonnegative().optional(),
  failed: z.int().nonnegative().optional(),
  corrected: z.int().nonnegative().optional(),
  takesBack: z.string().optional(),
});
type CommitSummary = z.infer<typeof summarySchema>;
const blockSummarySchema = z.object({ position: z.int().positive(), commit: summarySchema });

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
  readonly #blocks = new Map<string, readonly Entry[]>();
  readonly #summaries = new Map<string, readonly Placed<CommitSummary>[]>();
  readonly #about = new Map<string, ReadonlyMap<number, string>>();
  readonly #merges: MergeRecords;

  constructor(objects: ObjectStore) {
    this.#objects = objects;
    this.#merges = new MergeRecords(objects);
  }

  /** A model's committed batches in order of arrival, each in its latest generation, with where its rows are. */
  async list(modelId: string): Promise<readonly CommittedBatch[]> {
    return (await this.listWithMerges(modelId)).batches;
  }

  async listWithMerges(modelId: string): Promise<{
    readonly batches: readonly CommittedBatch[];
    readonly merges: Merges;
  }> {
    const merges = await this.#merges.of(modelId);
    const { batches } = await this.#load(modelId, (key) => this.#block(key));
    const into = mergedInto(batches, merges);
    return { batches: batches.map((batch) => ({ ...batch, merged: into.get(batch.batchId) ?? null })), merges };
  }

  async #load<C extends CommitSummary>(
    modelId: string,
    readBlock: (key: string) => Promise<readonly Placed<C>[]>,
  ): Promise<Loaded<C | TraceBatchCommit>> {
    const generations = await this.#generations(modelId);
    const { blocks, tail } = await this.#journal(modelId, generations.size);
    const whole = await inParallel(blocks, parallelReads, (block) => readBlock(blockKey(modelId, block, 'commits')));
    const single = await inParallel(tail, parallelReads, async (key) => ({
      position: positionOf(key),
      commit: await this.#commit(key),
    }));
    const entries: readonly Placed<C | TraceBatchCommit>[] = [...whole.flat(), ...single];
    const numbered = new Map<string, Placed<C | TraceBatchCommit>>();
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
    const complete = new Set(single.map(({ position }) => blockOf(position)).filter((block) => block < blockOf(last)));
    return { batches: [...earliest, ...batches], last, single, unfolded: [...complete] };
  }

  /**
   * Enters a batch at the end of the journal; nothing happens when it is there. It is entered right behind what was looked
   * at for whether it is overtaken ({@link isOvertaken}), or not at all.
   */
  async commit(
    modelId: string,
    commit: TraceBatchCommit,
    { seen, traceIds }: { readonly seen: number | null; readonly traceIds: readonly string[] } = unasked,
  ): Promise<Appended> {
    const body = encodeCommit(commit);
    for (;;) {
      const loaded = await this.#load(modelId, (key) => this.#block(key));
      for (const block of loaded.unfolded) await this.#fold(modelId, block, loaded.single);
      if (loaded.batches.some(({ batchId }) => batchId === commit.batchId)) return 'appended';
      if (await this.isOvertaken(modelId, loaded.batches, seen, traceIds)) return 'overtaken';
      if (await this.#objects.putIfAbsent(journalKey(modelId, loaded.last + 1), body)) return 'appended';
    }
  }

  /** Whether one of the batches that came in after a position may hold, or judge, one of the traces; never for null. */
  async isOvertaken(
    modelId: string,
    batches: readonly PlacedBatch[],
    seen: number | null,
    traceIds: readonly string[],
  ): Promise<boolean> {
    const since = seen === null ? [] : batches.filter(({ position }) => position > seen);
    return since.length > 0 && (await this.about(modelId, since, traceIds)).length > 0;
  }

  /**
   * Of the batches those that may hold, or judge, one of the traces. What commits of a whole block are about lies apart,
   * and is read when it is first asked for.
   */
  async about<T extends PlacedBatch>(
    modelId: string,
    batches: readonly T[],
    traceIds: readonly string[],
  ): Promise<readonly T[]> {
    const asked = fingerprintsAsked(traceIds);
    const blocks = await this.#blocksOf(modelId);
    const lacking = new Set(
      batches.filter(({ fingerprints }) => fingerprints === undefined).map((one) => blockOf(one.position)),
    );
    const known = new Map<number, string>();
    await inParallel(
      blocks.filter((block) => lacking.has(block)),
      parallelReads,
      async (block) => {
        for (const [position, fingerprints] of await this.#fingerprints(modelId, block))
          known.set(position, fingerprints);
      },
    );
    return batches.filter(({ position, fingerprints = known.get(position) }) => {
      return fingerprints === undefined || mayHold(fingerprints, asked);
    });
  }

  /** Writes a block's entries into one file each for what they say and what they are about; the entries stay. */
  async #fold(modelId: string, block: number, single: readonly Entry[]): Promise<void> {
    const entries = single.filter(({ position }) => blockOf(position) === block);
    const about = entries.map(({ position, commit: { fingerprints } }) => ({ position, fingerprints }));
    const plain = entries.map(({ position, commit: { fingerprints: _, ...commit } }) => ({ position, commit }));
    // The commits last: by them the block is known.
    await this.#objects.putIfAbsent(blockKey(modelId, block, 'fingerprints'), encodeJsonl(about));
    await this.#objects.putIfAbsent(blockKey(modelId, block, 'commits'), encodeJsonl(plain));
  }

  /** Does without most of each commit, of which a year has a hundred thousand. */
  async #summary(key: string): Promise<readonly Placed<CommitSummary>[]> {
    const known = this.#summaries.get(key);
    if (known !== undefined) return known;
    const entries = await readJsonl(this.#objects, key, blockSummarySchema);
    this.#summaries.set(key, entries);
    return entries;
  }

  async #block(key: string): Promise<readonly Entry[]> {
    const known = this.#blocks.get(key);
    if (known !== undefined) return known;
    const entries = await readJsonl(this.#objects, key, blockEntrySchema);
    this.#blocks.set(key, entries);
    return entries;
  }

  async #fingerprints(modelId: string, block: number): Promise<ReadonlyMap<number, string>> {
    const key = blockKey(modelId, block, 'fingerprints');
    const known = this.#about.get(key);
    if (known !== undefined) return known;
    const lines = await readJsonl(this.#objects, key, blockFingerprintsSchema);
    const found = new Map(
      lines.flatMap(({ position, fingerprints }) => (fingerprints === undefined ? [] : [[position, fingerprints]])),
    );
    this.#about.set(key, found);
    return found;
  }

  async #blocksOf(modelId: string): Promise<readonly number[]> {
    const prefix = blocksPrefix(modelId);
    const keys = await this.#objects.list(prefix);
    return keys
      .filter((key) => key.endsWith('.commits.jsonl'))
      .map((key) => Number(key.slice(prefix.length).split('.')[0]));
  }

  /** Blocks that have a file, and the keys of the entries after them. */
  async #journal(
    modelId: string,
    earlier: number,
  ): Promise<{ readonly blocks: readonly number[]; readonly tail: readonly string[] }> {
    const blocks = await this.#blocksOf(modelId);
    const tail: string[] = [];
    for (let block = (blocks.at(-1) ?? -1) + 1; ; block += 1) {
      const keys = await this.#objects.list(journalPrefix(modelId, block));
      tail.push(...keys);
      // Entries begin after the batches of before the journal.
      if (keys.length === 0 && block >= blockOf(earlier + 1)) return { blocks, tail };
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

  async history(modelId: string, { after }: { readonly after?: number | null } = {}): Promise<readonly BatchSummary[]> {
    const { batches } = await this.#load(modelId, (key) => this.#summary(key));
    const takenBack = new Set(batches.flatMap(({ takesBack }) => takesBack ?? []));
    return batches
      .filter(({ position }) => position > (after ?? 0))
      .map(({ position, batchId, appendedAt, traces, judgements, judged = null, failed = null, corrected = 0 }) => ({
        position,
        batchId,
        appendedAt,
        traces,
        judgements,
        ...(takenBack.has(batchId)
          ? { judged: 0, failed: 0, corrected: 0 }
          : { judged, failed, corrected: judged === null ? null : corrected }),
      }));
  }

  async version(modelId: string): Promise<string> {
    const named = await this.#objects.list(commitPrefix(modelId));
    const { blocks, tail } = await this.#journal(modelId, named.length);
    const last = tail.at(-1);
    const position = last === undefined ? ((blocks.at(-1) ?? -1) + 1) * journalBlock - 1 : positionOf(last);
    return digest(...named, String(position), ...(await this.#merges.version(modelId)));
  }

  /**
   * Reads what commits and records of merges name, and reads again where erasing or merging changed the log meanwhile: a
   * file that one named may then be gone.
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
    const commit = decodeCommit(bytes, key);
    this.#read.set(key, commit);
    return commit;
  }
}

/** A batch without where its rows are. */
type PlacedBatch = Omit<CommittedBatch, 'merged'>;

interface Placed<C> {
  readonly position: number;
  readonly commit: C;
}

interface Loaded<C> {
  readonly batches: readonly (C & Omit<PlacedBatch, keyof TraceBatchCommit>)[];
  /** The last position. */
  readonly last: number;
  /** Entries that are read one by one, and the blocks of them that are complete. */
  readonly single: readonly Entry[];
  readonly unfolded: readonly number[];
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
