import { deflateSync, inflateSync } from 'node:zlib';
import type { ZodType } from 'zod';
import { RatchetError } from '../../domain/base/errors.ts';
import { canonicalJson, idProblem } from '../../domain/base/ids.ts';
import { type EvaluationSet, evaluationSetSchema } from '../../domain/evaluation/evaluation-set.ts';
import { type Checkpoint, checkpointSchema, scoresSchema } from '../../domain/models/checkpoint.ts';
import { type Control, controlSchema, firstControl } from '../../domain/models/control.ts';
import { type Dataset, datasetSchema } from '../../domain/models/dataset.ts';
import { type Model, modelSchema } from '../../domain/models/model.ts';
import { type Run, runSchema } from '../../domain/models/run.ts';
import { decodeDocument, encodeDocument } from '../local/document.ts';

/** Version of the items' shape. How to change it: docs/adr/0011-one-table.md. */
export const schemaVersion = 7;
/** Documents longer than this are deflated: a task of many labels is. */
const plainBytes = 8 * 1024;
/** DynamoDB takes items of 400 KB, names and numbers of the attributes included. */
const mostBytes = 380 * 1024;
const mostInflatedBytes = 64 * 1024 * 1024;

export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

/** Kinds of records of a model; each lies in a partition of its own, by which permissions tell who may write it. */
export type RecordKind = 'checkpoints' | 'datasets' | 'evaluation-sets' | 'runs';

const sortPrefixes = {
  checkpoints: 'checkpoint#',
  datasets: 'dataset#',
  'evaluation-sets': 'evaluation-set#',
  runs: 'run#',
} as const satisfies Record<RecordKind, string>;

/** Where each record lies. Ids hold no `#`, so that no two records share a key. */
export const itemKeys = {
  model: (modelId: string): ItemKey => ({ pk: 'models', sk: modelId }),
  control: (modelId: string): ItemKey => ({ pk: `control#${modelId}`, sk: 'control' }),
  record: (kind: RecordKind, modelId: string, id: string): ItemKey => ({
    pk: recordsOf(kind, modelId).pk,
    sk: `${sortPrefixes[kind]}${id}`,
  }),
  runModel: (runId: string): ItemKey => ({ pk: `run#${runId}`, sk: 'model' }),
  budget: (runId: string): ItemKey => ({ pk: `budget#${runId}`, sk: 'budget' }),
} as const;

/** The partition of a model's records of one kind, and what their sort keys begin with. */
export function recordsOf(kind: RecordKind, modelId: string): { readonly pk: string; readonly prefix: string } {
  return { pk: `${kind}#${modelId}`, prefix: sortPrefixes[kind] };
}

/** The partition in which all records of a model lay up to schema version 6, under the same sort keys. */
export function oldRecordsOf(modelId: string): string {
  return `model#${modelId}`;
}

/** An item as the document client takes it. */
export type Item = ItemKey & { readonly schemaVersion: number } & Readonly<Record<string, unknown>>;

/** Its revision lies beside the document too, so that a change is written only over the one that it was made from. */
export function modelItem(model: Model, writeId: string): Item {
  const document = encodeDocument(modelSchema, model, 'model');
  return { ...itemKeys.model(model.modelId), ...withDocument(document, 'model'), revision: model.revision, writeId };
}

/** Its fields are attributes, so that permissions can tell a renewed lease from a moved champion (docs/adr/0013). */
export function controlItem(control: Control, writeId: string): Item {
  const document = encodeDocument(controlSchema, control, 'control item');
  if (Buffer.byteLength(document) > mostBytes) throw tooLarge('control item');
  const { modelId, ...fields } = controlSchema.parse(JSON.parse(document));
  return { ...itemKeys.control(storable(modelId)), schemaVersion, ...fields, writeId };
}

/** The attributes that a write from one control item to the next has to name. */
export function controlChanges(current: Control, next: Control, writeId: string): Readonly<Record<string, unknown>> {
  const before = controlItem(current, writeId);
  const { pk, sk, ...after } = controlItem(next, writeId);
  const always = new Set(['schemaVersion', 'version', 'writeId']);
  return Object.fromEntries(
    Object.entries(after).filter(
      ([name, value]) => always.has(name) || canonicalJson(value) !== canonicalJson(before[name]),
    ),
  );
}

/** The control item that was read; what was never changed is as in the first one. */
export function controlOf(modelId: string, item: Readonly<Record<string, unknown>>, where: string): Control {
  checkVersion(item, where);
  const { pk, sk, schemaVersion: _version, writeId, ...fields } = item;
  return decodeDocument(controlSchema, JSON.stringify({ ...firstControl(modelId), ...fields }), where);
}

/** The scores lie beside the document, so that each is written without reading the others. */
export function checkpointItem(checkpoint: Checkpoint): Item & { readonly scores: Checkpoint['scores'] } {
  const { modelId, checkpointId } = checkpoint;
  const scores = checkedScores(checkpoint.scores);
  const document = encodeDocument(checkpointSchema, { ...checkpoint, scores: {} }, 'checkpoint');
  const key = itemKeys.record('checkpoints', storable(modelId), storable(checkpointId));
  return { ...key, ...withDocument(document, 'checkpoint'), scores };
}

/** @throws RatchetError `InvalidInput` */
export function checkedScores(scores: Checkpoint['scores']): Checkpoint['scores'] {
  encodeDocument(scoresSchema, scores, 'checkpoint');
  return scores;
}

export function datasetItem(dataset: Dataset): Item {
  const document = encodeDocument(datasetSchema, dataset, 'dataset');
  const key = itemKeys.record('datasets', storable(dataset.modelId), storable(dataset.datasetId));
  return { ...key, ...withDocument(document, 'dataset') };
}

export function evaluationSetItem(set: EvaluationSet): Item {
  const document = encodeDocument(evaluationSetSchema, set, 'evaluation set');
  const key = itemKeys.record('evaluation-sets', storable(set.modelId), storable(set.setId));
  return { ...key, ...withDocument(document, 'evaluation set') };
}

export function runItem(run: Run): Item {
  const document = encodeDocument(runSchema, run, 'run');
  const key = itemKeys.record('runs', storable(run.modelId), storable(run.runId));
  return { ...key, ...withDocument(document, 'run') };
}

/** Tells which model a run is of. */
export function runModelItem({ runId, modelId }: Pick<Run, 'runId' | 'modelId'>): Item & { readonly modelId: string } {
  return { ...itemKeys.runModel(storable(runId)), schemaVersion, modelId: storable(modelId) };
}

/**
 * The document of an item that was read.
 * @param where table it was read from @throws RatchetError `CorruptArtifact`
 */
export function documentOf<T>(schema: ZodType<T>, item: Readonly<Record<string, unknown>>, where: string): T {
  checkVersion(item, where);
  const { document } = item;
  return decodeDocument(schema, document instanceof Uint8Array ? inflate(document, where) : String(document), where);
}

/** The checkpoint of an item that was read, with the scores that lie beside it. */
export function checkpointOf(item: Readonly<Record<string, unknown>>, where: string): Checkpoint {
  const scores = decodeDocument(scoresSchema, JSON.stringify(item.scores ?? null), where);
  return { ...documentOf(checkpointSchema, item, where), scores };
}

/** Which model an item that was read says its run is of. */
export function runModelOf(item: Readonly<Record<string, unknown>>, where: string): string {
  checkVersion(item, where);
  return String(item.modelId);
}

function withDocument(document: string, what: string): { schemaVersion: number; document: string | Uint8Array } {
  const plain = Buffer.byteLength(document) <= plainBytes;
  const stored = plain ? document : new Uint8Array(deflateSync(document));
  if (stored.length > mostBytes) throw tooLarge(what);
  return { schemaVersion, document: stored };
}

function tooLarge(what: string): RatchetError {
  return new RatchetError(
    'InvalidInput',
    `This ${what} cannot be stored: it is larger than the 400 KB that DynamoDB takes, compressed as it is.`,
    { mend: 'Give the model fewer or shorter labels.' },
  );
}

function storable(id: string): string {
  const problem = idProblem(id);
  if (problem === null) return id;
  throw new RatchetError('InvalidInput', `${JSON.stringify(id.slice(0, 100))} is no id: ${problem}.`);
}

/** @throws RatchetError NewerVersion for an item of a newer Ratchet */
export function checkVersion(item: Readonly<Record<string, unknown>>, where: string): void {
  if (typeof item.schemaVersion === 'number' && item.schemaVersion <= schemaVersion) return;
  throw new RatchetError(
    'NewerVersion',
    `${where} holds an item of schema ${String(item.schemaVersion)}; this Ratchet knows ${schemaVersion}.`,
    { mend: 'Deploy the newer Ratchet that wrote it.' },
  );
}

function inflate(bytes: Uint8Array, where: string): string {
  try {
    return inflateSync(bytes, { maxOutputLength: mostInflatedBytes }).toString('utf8');
  } catch (error) {
    throw new RatchetError('CorruptArtifact', `${where} holds a record that cannot be decompressed.`, { cause: error });
  }
}
