import { RatchetError } from '../domain/base/errors.ts';
import { canonicalJson, digest, shortDigestOfAll } from '../domain/base/ids.ts';
import type { Output } from '../domain/base/output.ts';
import type { TaskKind } from '../domain/base/task-kind.ts';
import { type EvaluationItem, type EvaluationSet, evaluationItemSchema } from '../domain/evaluation/evaluation-set.ts';
import type { Dataset } from '../domain/models/dataset.ts';
import { type Example, exampleSchema } from '../domain/models/example.ts';
import { decodeJsonl, readJson, readObject } from '../ports/documents.ts';
import type { Ports } from '../ports/ports.ts';
import { erasedNoteKey, erasedNoteSchema } from './erase/erasure-record.ts';

/** What examples and frozen records are read with, and held against what is on record of them. */
export type RecordPorts = Pick<Ports, 'objects' | 'tasks'>;

/**
 * The examples of a dataset, which are those that were written.
 * @throws RatchetError `ObjectMissing`, `CorruptArtifact` where they are not what is on record
 */
export async function readDataset(dataset: Dataset, ports: RecordPorts): Promise<Example[]> {
  const bytes = await readObject(ports.objects, dataset.key);
  if (!(await isDatasetAsWritten(dataset, bytes, ports))) throw notAsWritten(dataset.key, 'training examples');
  return decodeJsonl(bytes, exampleSchema, dataset.key);
}

/**
 * The records that a promotion froze, which are those that were written.
 * @throws RatchetError `ObjectMissing`, `CorruptArtifact` where they are not what is on record
 */
export async function readFrozenSet(set: EvaluationSet, ports: RecordPorts): Promise<EvaluationItem[]> {
  const bytes = await readObject(ports.objects, set.key);
  const items = decodeJsonl(bytes, evaluationItemSchema, set.key);
  if (!(await isFrozenSetAsWritten(set, bytes, items, ports))) throw notAsWritten(set.key, 'frozen records');
  return items;
}

/** Names a first dataset by its inputs and outputs, in their order. */
export function firstDatasetId(
  examples: readonly { readonly input: string; readonly output: Output; readonly folds?: readonly number[] }[],
  kind: Pick<TaskKind, 'key'>,
): string {
  return shortDigestOfAll(
    examples.map(({ input, output, folds = [] }) =>
      JSON.stringify([input, kind.key(output), ...(folds.length === 0 ? [] : [folds])]),
    ),
  );
}

async function isDatasetAsWritten(dataset: Dataset, bytes: Uint8Array, ports: RecordPorts): Promise<boolean> {
  const found = digest(bytes);
  if (dataset.digest === found) return true;
  const note = await noteBeside(dataset.key, ports);
  if (note?.digests?.includes(found) === true) return true;
  const examples = decodeJsonl(bytes, exampleSchema, dataset.key);
  if (note !== null && note.digests === undefined) return examples.length === dataset.manifest.examples - note.erased;
  return dataset.digest === undefined && hasId(dataset, bytes, examples, ports);
}

/** Of a dataset of a version that kept no digest: its id is one. */
function hasId({ datasetId }: Dataset, bytes: Uint8Array, examples: readonly Example[], ports: RecordPorts): boolean {
  // As they were written: fields that are newer have defaults when they are read.
  const lines = new TextDecoder()
    .decode(bytes)
    .split('\n')
    .filter((line) => line !== '');
  const ofLines = shortDigestOfAll(lines.map((line) => canonicalJson(JSON.parse(line))).sort());
  return datasetId === ofLines || [...ports.tasks.values()].some((kind) => idByKind(examples, kind) === datasetId);
}

/** Null where the outputs are those of another kind. */
function idByKind(examples: readonly Example[], kind: TaskKind): string | null {
  try {
    return firstDatasetId(examples, kind);
  } catch {
    return null;
  }
}

async function isFrozenSetAsWritten(
  set: EvaluationSet,
  bytes: Uint8Array,
  items: readonly EvaluationItem[],
  ports: RecordPorts,
): Promise<boolean> {
  const found = digest(bytes);
  if (set.digest === found) return true;
  const note = await noteBeside(set.key, ports);
  if (note?.digests?.includes(found) === true) return true;
  if (note !== null && note.digests === undefined) return items.length === set.size - note.erased;
  const right = items.filter((item) => item.right).length;
  return set.digest === undefined && items.length === set.size && right === set.right;
}

async function noteBeside(key: string, { objects }: RecordPorts) {
  try {
    return await readJson(objects, erasedNoteKey(key), erasedNoteSchema);
  } catch (error) {
    if (error instanceof RatchetError && error.name === 'ObjectMissing') return null;
    throw error;
  }
}

function notAsWritten(key: string, what: string): RatchetError {
  return new RatchetError(
    'CorruptArtifact',
    `${key} does not hold the ${what} that were written: its digest is not that on record.`,
    {
      mend: 'Restore it from a backup of the workspace; ratchet doctor names all that do not match.',
    },
  );
}
