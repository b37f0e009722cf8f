import { RatchetError } from '../../domain/base/errors.ts';
import { digest } from '../../domain/base/ids.ts';
import { compareText } from '../../domain/base/text.ts';
import type { Dataset } from '../../domain/models/dataset.ts';
import type { Model } from '../../domain/models/model.ts';
import { readJson, writeJson } from '../../ports/documents.ts';
import type { Ports } from '../../ports/ports.ts';
import { unknownModel } from '../../ports/unknown-model.ts';
import { checkSegment } from '../fold-ledger.ts';
import { acquireLease, giveLeaseBack } from '../lease.ts';
import { readDataset, readFrozenSet } from '../stored-records.ts';
import { type ChosenTraces, chooseTraces, type Selection } from './choose-traces.ts';
import { type ErasureRecord, erasedNoteKey, erasedNoteSchema, erasureKey } from './erasure-record.ts';
import { cutLinesIn, type Erasing, type ScrubbedObject, scrubObject } from './scrub-object.ts';

export interface EraseRequest {
  readonly modelId: string;
  readonly selection: Selection;
  /** Finds out what would be erased, and changes nothing. */
  readonly dryRun: boolean;
  /** Who erases, for the audit. */
  readonly by: string;
  /** This process, as the holder of the lease. */
  readonly owner: string;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface EraseResult {
  readonly record: ErasureRecord;
  /** Object key of the audit; null after a dry run. */
  readonly recordKey: string | null;
  /** The erased inputs, for caches by text; to be forgotten. */
  readonly inputs: readonly string[];
  /** Named ids that no trace of the log has. */
  readonly unknown: readonly string[];
  /** Ids of traces that stay and say nearly the same. */
  readonly nearDuplicates: readonly string[];
}

/** No run can begin meanwhile. An erasure that takes longer could be overtaken. */
const leaseMinutes = 60;

/**
 * Erases traces of a model wherever they are: judgements, datasets, frozen records, files of runs, reports, quarantine,
 * dropped files, and last the log itself, so that an erasure that was broken off finds them again. What is kept: digests
 * of the ids, weights of checkpoints that were trained on them, and an audit that says so. Refused while a run is active.
 * @throws RatchetError UnknownModel, LeaseHeld
 */
export async function eraseTraces(request: EraseRequest, ports: Ports): Promise<EraseResult> {
  const { modelId, owner, dryRun } = request;
  const model = await ports.lineage.getModel(modelId);
  if (model === undefined) throw await unknownModel(modelId, ports);
  const erasureId = ports.ids.next('erase');
  const run = { runId: erasureId, modelId, seed: 0 };
  if (dryRun) return new Erasure(request, model, erasureId, ports).find();
  await acquireLease(run, owner, leaseMinutes, ports);
  try {
    return await new Erasure(request, model, erasureId, ports).carryOut();
  } finally {
    await giveLeaseBack(run, owner, ports);
  }
}

interface Found {
  readonly chosen: ChosenTraces;
  readonly erasing: Erasing;
  /** Objects that change, those of datasets first and oldest first. */
  readonly keys: readonly string[];
  /** All objects of runs that have not ended, and would go on with what is erased. */
  readonly removed: readonly string[];
  readonly record: ErasureRecord;
}

class Erasure {
  readonly #request: EraseRequest;
  readonly #model: Model;
  readonly #erasureId: string;
  readonly #ports: Ports;

  constructor(request: EraseRequest, model: Model, erasureId: string, ports: Ports) {
    this.#request = request;
    this.#model = model;
    this.#erasureId = erasureId;
    this.#ports = ports;
  }

  async find(): Promise<EraseResult> {
    return this.#result(await this.#look(), null);
  }

  async carryOut(): Promise<EraseResult> {
    const { modelId } = this.#model;
    const { objects, traceLog, clock } = this.#ports;
    const found = await this.#look();
    const { chosen, record, erasing } = found;
    if (chosen.ids.length === 0 && found.keys.length + found.removed.length === 0) {
      await traceLog.erase(modelId, []);
      return this.#result(found, null);
    }
    const recordKey = erasureKey(modelId, this.#erasureId);
    await writeJson(objects, recordKey, record);
    for (const key of found.removed) await objects.delete(key);
    // What only the lines of runs tell, answers of candidates, has to be there still if this is broken off.
    const [lines = [], pages = []] = [true, false].map((isLines) =>
      found.keys.filter((key) => (key.startsWith('runs/') && key.endsWith('.jsonl')) === isLines),
    );
    for (const key of [...pages, ...lines]) await this.#rewrite(key, erasing);
    const gone = await traceLog.erase(modelId, chosen.ids);
    const ended = {
      ...record,
      endedAt: new Date(clock.now()).toISOString(),
      keys: [...new Set([...record.keys, ...gone.keys])].sort(compareText),
    };
    await writeJson(objects, recordKey, ended);
    return this.#result({ ...found, record: ended }, recordKey);
  }

  #result({ chosen, record }: Found, recordKey: string | null): EraseResult {
    const { inputs, unknown, nearDuplicates } = chosen;
    return { record, recordKey, inputs, unknown, nearDuplicates };
  }

  /** Reads everything once, to know what will change and which checkpoints have seen it. */
  async #look(): Promise<Found> {
    const { modelId } = this.#model;
    const { objects, lineage, clock } = this.#ports;
    const { selection } = this.#request;
    const chosen = await chooseTraces(this.#model, selection, this.#ports);
    const pairs = new Set<string>();
    const erasing: Erasing = {
      text: chosen.text,
      condition: selection.by === 'condition' ? selection.condition : null,
      wordKeys: chosen.wordKeys,
      examples: { has: (datasetId, exampleId) => pairs.has(`${datasetId}/${exampleId}`) },
      transcripts: chosen.ids.length > 0,
    };
    const datasets = await lineage.listDatasets(modelId);
    await this.#checkRecords(datasets);
    const byKey = new Map(datasets.map((dataset) => [dataset.key, dataset]));
    const parts = new Parts();
    const keys: string[] = [];
    const removed: string[] = [];
    const transcripts: string[] = [];
    let cutLines = 0;
    const left: { key: string; why: string }[] = [];
    const exposed = new Map<string, number>();
    const unfinished = await this.#unfinishedRuns();
    const all = await this.#objectKeys(datasets);
    for (const [index, key] of all.entries()) {
      this.#request.onProgress?.(index, all.length);
      if (chosen.ids.length > 0 && isTranscript(key)) {
        transcripts.push(key);
        if (unfinished.some((prefix) => key.startsWith(prefix))) removed.push(key);
        parts.add(key, 0);
        continue;
      }
      const bytes = await objects.get(key);
      if (bytes === undefined) continue;
      if (key.startsWith('quarantine/')) cutLines += cutLinesIn(bytes, erasing);
      const scrubbed = scrubObject(key, bytes, erasing);
      if (scrubbed.kind === 'closed') left.push({ key, why: scrubbed.why });
      if (scrubbed.kind !== 'changed') continue;
      const run = unfinished.find((prefix) => key.startsWith(prefix));
      if (run !== undefined) removed.push(key);
      else keys.push(key);
      parts.add(key, scrubbed.dropped);
      const dataset = byKey.get(key);
      if (dataset === undefined) continue;
      exposed.set(dataset.datasetId, scrubbed.lines.length);
      for (const line of scrubbed.lines) pairs.add(`${dataset.datasetId}/${exampleIdOf(line)}`);
    }
    // A run that goes on would meet files that no longer fit together, so it begins anew.
    const whole = unfinished.filter((prefix) => removed.some((key) => key.startsWith(prefix)));
    const control = await lineage.getControl(modelId);
    const checkpoints = (await lineage.listCheckpoints(modelId))
      .filter(({ datasetId }) => (exposed.get(datasetId) ?? 0) > 0)
      .map(({ checkpointId, datasetId, served }) => ({
        checkpoint: checkpointId,
        dataset: datasetId,
        examples: exposed.get(datasetId) ?? 0,
        champion: checkpointId === control?.championId,
        holds: this.#ports.predictors.get(served.predictor)?.holds ?? null,
      }));
    return {
      chosen,
      erasing,
      keys,
      removed: [
        ...new Set([...(await Promise.all(whole.map((prefix) => objects.list(prefix)))).flat(), ...transcripts]),
      ],
      record: {
        schemaVersion: 1,
        erasureId: this.#erasureId,
        modelId,
        begunAt: new Date(clock.now()).toISOString(),
        endedAt: null,
        by: this.#request.by,
        chosenBy: selection.by === 'ids' ? 'ids' : selection.condition.field,
        traces: chosen.inputs.length,
        judgements: chosen.judgements,
        parts: parts.list(),
        checkpoints,
        keys: [...new Set([...keys, ...removed, ...transcripts])].sort(compareText),
        cutLines,
        left,
      },
    };
  }

  /**
   * What is not as it was written is not rewritten, or it would pass for sound afterwards.
   * @throws RatchetError CorruptArtifact
   */
  async #checkRecords(datasets: readonly Dataset[]): Promise<void> {
    const sets = await this.#ports.lineage.listEvaluationSets(this.#model.modelId);
    const passOver = (error: unknown): void => {
      if (!(error instanceof RatchetError && error.name === 'ObjectMissing')) throw error;
    };
    for (const dataset of datasets) await readDataset(dataset, this.#ports).catch(passOver);
    for (const set of sets) await readFrozenSet(set, this.#ports).catch(passOver);
  }

  /** Prefixes of the files of runs that were broken off or failed: they may be taken up again. */
  async #unfinishedRuns(): Promise<readonly string[]> {
    const runs = await this.#ports.lineage.listRuns(this.#model.modelId);
    return runs
      .filter(({ status }) => status === 'running' || status === 'failed')
      .map(({ runId }) => `runs/${this.#model.modelId}/${runId}/`);
  }

  /** All objects that may hold something, datasets first, parents before what replays them. */
  async #objectKeys(datasets: readonly Dataset[]): Promise<readonly string[]> {
    const { modelId } = this.#model;
    const keys = new Set(datasets.map(({ key }) => key));
    for (const folder of folders) {
      for (const key of await this.#ports.objects.list(`${folder}/${modelId}/`)) keys.add(key);
    }
    return [...keys].filter((key) => !/\.(bin|parquet)$/.test(key) || key.startsWith('drops/'));
  }

  async #rewrite(key: string, erasing: Erasing): Promise<void> {
    const { objects } = this.#ports;
    const bytes = await objects.get(key);
    if (bytes === undefined) return;
    const scrubbed = scrubObject(key, bytes, erasing);
    if (scrubbed.kind !== 'changed') return;
    if (isSegment(key)) await checkSegment(key, bytes, this.#ports);
    if (isNoted(key)) await this.#note(key, scrubbed.lines.length, bytes, scrubbed.body);
    if (isEmpty(scrubbed) && key.startsWith('quarantine/')) await objects.delete(key);
    else await objects.put(key, scrubbed.body);
  }

  /** What is on record of a dataset or a frozen set is of what it held at first; the note says why that no longer fits. */
  async #note(key: string, more: number, bytes: Uint8Array, body: Uint8Array): Promise<void> {
    const { objects } = this.#ports;
    const noteKey = erasedNoteKey(key);
    const before = await readJson(objects, noteKey, erasedNoteSchema).catch((error: unknown) => {
      // What a segment's note goes on from is looked for among what its writer noted.
      if (error instanceof RatchetError && error.name === 'ObjectMissing')
        return { erased: 0, digests: isSegment(key) ? [digest(bytes)] : [] };
      throw error;
    });
    // Both states pass: this may be broken off before the object is written.
    const digests = [...(before.digests ?? [digest(bytes)]), digest(body)];
    await writeJson(objects, noteKey, { schemaVersion: 1, erased: before.erased + more, digests });
  }
}

/** What may hold texts of traces, beside the log. */
const folders = ['models', 'runs', 'quarantine', 'parked', 'drops', 'ingests'];

function isNoted(key: string): boolean {
  return (
    key.startsWith('models/') && (key.includes('/datasets/') || key.includes('/evaluation-sets/') || isSegment(key))
  );
}

function isSegment(key: string): boolean {
  return key.startsWith('models/') && key.includes('/splits/') && key.endsWith('.jsonl');
}

function isEmpty(scrubbed: ScrubbedObject & { kind: 'changed' }): boolean {
  return new TextDecoder().decode(scrubbed.body).trim() === '';
}

function exampleIdOf(line: unknown): string {
  const found: unknown = Object.entries(line ?? {}).find(([key]) => key === 'exampleId')?.[1];
  return typeof found === 'string' ? found : '';
}

/** Counts by kind of thing. */
/**
 * Whether an agent's turns or what it looked at are in it. They quote traces escaped and cut, in forms that nothing can
 * be searched for in, so that they go as a whole; how the agent came out stays.
 */
function isTranscript(key: string): boolean {
  return /^runs\/.*\.agent\/(?!outcome\.json$)/.test(key);
}

class Parts {
  readonly #parts = new Map<string, { records: number; objects: number }>();

  add(key: string, records: number): void {
    const what = partNames.find(([pattern]) => pattern.test(key))?.[1] ?? 'others';
    const part = this.#parts.get(what) ?? { records: 0, objects: 0 };
    this.#parts.set(what, { records: part.records + records, objects: part.objects + 1 });
  }

  list(): ErasureRecord['parts'] {
    return [...this.#parts].map(([what, counts]) => ({ what, ...counts }));
  }
}

const partNames: readonly (readonly [RegExp, string])[] = [
  [/^models\/[^/]+\/datasets\//, 'training examples'],
  [/^models\/[^/]+\/evaluation-sets\//, 'frozen records'],
  [/^models\/[^/]+\/splits\//, 'entries of the fold ledger'],
  [/^runs\/.*\.agent\//, 'turns of agents'],
  [/^runs\/.*\.(html|md)$/, 'reports'],
  [/^runs\//, 'records of runs'],
  [/^quarantine\//, 'lines in quarantine'],
  [/^drops\//, 'dropped lines'],
];
