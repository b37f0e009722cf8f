import { RatchetError } from '../domain/base/errors.ts';
import { digest } from '../domain/base/ids.ts';
import type { Json } from '../domain/base/json.ts';
import { inList } from '../domain/base/quoted.ts';
import type { TaskKind } from '../domain/base/task-kind.ts';
import { writtenIn } from '../domain/curriculum/written-in.ts';
import type { Parts } from '../domain/evaluation/fold.ts';
import type { LedgerEntry } from '../domain/evaluation/ledger.ts';
import type { Checkpoint } from '../domain/models/checkpoint.ts';
import { artifactKey, checkpointId, datasetKey, foldArtifactKey } from '../domain/models/checkpoint-id.ts';
import { moveChampion } from '../domain/models/control.ts';
import type { Dataset } from '../domain/models/dataset.ts';
import { watchedTrainer } from '../domain/models/endpoint.ts';
import type { Example } from '../domain/models/example.ts';
import type { Model } from '../domain/models/model.ts';
import { initialConfiguration } from '../ports/back-ends.ts';
import { encodeJsonl } from '../ports/documents.ts';
import { storeEndpoint } from '../ports/endpoints.ts';
import { kindOf } from '../ports/kind-of.ts';
import type { Ports } from '../ports/ports.ts';
import { ended } from '../ports/to-end.ts';
import type { Trainer } from '../ports/trainer.ts';
import { updateControl } from './control-item.ts';
import { writeFirstFolds } from './fold-ledger.ts';
import { firstDatasetId } from './stored-records.ts';
import { enterTrainingCost } from './training-costs.ts';

export interface FirstCheckpointRequest {
  readonly model: Model;
  /** The model's. */
  readonly trainer: Trainer;
  /** One at least. */
  readonly examples: readonly Example[];
  /** What was left out of them, by reason, with counts. */
  readonly leftOut: Readonly<Record<string, number>>;
  /** What is to be said of how they were read; none by default. */
  readonly notes?: readonly string[];
  /** Where the examples' inputs stand among the folds. */
  readonly ledger: readonly LedgerEntry[];
  /** How many parts the folds of the examples are used in, for fold models; null where the examples have no folds. */
  readonly parts: Parts | null;
  readonly seed: number;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface FirstCheckpoint {
  readonly dataset: Dataset;
  readonly checkpoint: Checkpoint;
  /** SHA-256 of its part of the ledger. */
  readonly folds: string;
}

/**
 * Trains the first checkpoint of a model and enters it, its dataset and its ledger in the store; it is not champion
 * yet.
 * @throws RatchetError TrainingFailed
 */
export async function trainFirstCheckpoint(
  { model, trainer, examples, leftOut, notes = [], ledger, parts, seed, onProgress }: FirstCheckpointRequest,
  ports: Ports,
): Promise<FirstCheckpoint> {
  const { modelId } = model;
  const concerns = trainer.concerns?.(model.trainerOptions, examples) ?? [];
  const dataset = firstDataset(
    model,
    examples,
    { leftOut, notes: [...notes, ...concerns] },
    kindOf(model, ports),
    ports,
  );
  await ports.objects.put(dataset.key, encodeJsonl(examples));
  const configuration = initialConfiguration(trainer, model.trainerOptions);
  const { datasetId } = dataset;
  const id = checkpointId({ ...model, datasetId, configuration, seed, teacherId: null, parts });
  const { value: trained, usage } = await ended(
    trainer,
    id,
    {
      task: model.task,
      datasetKey: dataset.key,
      configuration,
      seed,
      teacher: null,
      folds:
        parts === null
          ? null
          : {
              parts,
              models: partsWithModel(trainer, parts).map((part) => ({
                part,
                artifactKey: foldArtifactKey(modelId, id, parts, part),
              })),
            },
      artifactKey: artifactKey(modelId, id),
      predictor: model.predictor,
    },
    onProgress,
  );
  const checkpoint: Checkpoint = {
    checkpointId: id,
    modelId,
    parentId: null,
    datasetId,
    trainer: model.trainer,
    configuration,
    seed,
    task: model.task,
    served: trained.served,
    folds: trained.folds,
    runId: null,
    createdAt: nowOf(ports),
    scores: {},
  };
  await enterTrainingCost(
    { modelId, checkpointId: id, runId: null, trainer, configuration, folds: trained.folds, examples: examples.length },
    usage,
    ports,
  );
  const folds = await writeFirstFolds(modelId, ledger, ports);
  await ports.lineage.putDataset(dataset);
  await ports.lineage.putCheckpoint(checkpoint);
  return { dataset, checkpoint, folds };
}

export interface WatchedCheckpointRequest
  extends Pick<FirstCheckpointRequest, 'model' | 'examples' | 'leftOut' | 'notes' | 'ledger' | 'seed'> {
  /** Name of the predictor that asks the endpoint. */
  readonly predictor: string;
  /** Its options, checked. */
  readonly options: Json;
}

/**
 * Enters what is deployed at an endpoint as a checkpoint: a reference, with no weights of ours and so no digest of any.
 * The examples are what it is known to have been trained on; there may be none.
 */
export async function watchEndpoint(
  { model, examples, leftOut, notes = [], ledger, seed, predictor, options }: WatchedCheckpointRequest,
  ports: Ports,
): Promise<FirstCheckpoint> {
  const { modelId, task } = model;
  const dataset = firstDataset(model, examples, { leftOut, notes }, kindOf(model, ports), ports);
  await ports.objects.put(dataset.key, encodeJsonl(examples));
  const ref = await storeEndpoint(modelId, { version: 1, task, options }, ports.objects);
  const { datasetId } = dataset;
  const trainer = watchedTrainer;
  const checkpoint: Checkpoint = {
    checkpointId: checkpointId({
      modelId,
      datasetId,
      trainer,
      configuration: options,
      seed,
      teacherId: null,
      parts: null,
    }),
    modelId,
    parentId: null,
    datasetId,
    trainer,
    configuration: options,
    seed,
    task,
    served: { predictor, ref, digest: null },
    folds: null,
    runId: null,
    createdAt: nowOf(ports),
    scores: {},
  };
  const folds = await writeFirstFolds(modelId, ledger, ports);
  await ports.lineage.putDataset(dataset);
  await ports.lineage.putCheckpoint(checkpoint);
  return { dataset, checkpoint, folds };
}

/**
 * Makes a model's first checkpoint its champion.
 * @throws RatchetError ModelExists when it has another champion by now
 */
export async function crownFirst(
  { checkpoint, folds }: Pick<FirstCheckpoint, 'checkpoint' | 'folds'>,
  by: string,
  ports: Ports,
): Promise<void> {
  await updateControl(checkpoint.modelId, ports, (control) => {
    if (control.championId === checkpoint.checkpointId) return null;
    if (control.championId !== null) throw modelExists(checkpoint.modelId);
    return moveChampion(control, {
      at: nowOf(ports),
      to: checkpoint.checkpointId,
      kind: 'create',
      by,
      reason: 'first checkpoint',
      folds,
    });
  });
}

/** The fault of creating what is there. */
export function modelExists(modelId: string): RatchetError {
  return new RatchetError('ModelExists', `There is a model named ${modelId} already.`);
}

/** The parts that get a model: all of them, or the first few where a training is dear. */
function partsWithModel({ foldModels }: Trainer, parts: Parts): readonly number[] {
  const all = Array.from({ length: parts }, (_, part) => part);
  return foldModels === 'all' ? all : all.slice(0, foldModels);
}

function firstDataset(
  { modelId, task }: Model,
  examples: readonly Example[],
  { leftOut, notes }: { readonly leftOut: Readonly<Record<string, number>>; readonly notes: readonly string[] },
  kind: TaskKind,
  ports: Ports,
): Dataset {
  const datasetId = firstDatasetId(examples, kind);
  const counts = new Map<string, number>();
  for (const facet of examples.flatMap(({ output }) => kind.facets(output)))
    counts.set(facet, (counts.get(facet) ?? 0) + 1);
  const known = kind.knownFacets(task);
  const written = writtenIn(examples);
  return {
    datasetId,
    modelId,
    parentId: null,
    mode: 'initial',
    runId: null,
    iteration: 0,
    key: datasetKey(modelId, datasetId),
    digest: digest(encodeJsonl(examples)),
    manifest: {
      examples: examples.length,
      labels: counts.size,
      bands: [],
      controls: [],
      leftOut: { ...leftOut },
      notes: [
        ...named('no example of', examples.length === 0 ? [] : known.filter((facet) => !counts.has(facet))),
        ...named(
          'one example alone of',
          [...counts].filter(([, count]) => count === 1).map(([facet]) => facet),
        ),
        ...notes,
      ],
      ...(written.length > 0 && { written }),
    },
    createdAt: nowOf(ports),
  };
}

function named(what: string, facets: readonly string[]): readonly string[] {
  if (facets.length === 0) return [];
  return [`${what}: ${facets.slice(0, 20).map(inList).join(', ')}${facets.length > 20 ? ', …' : ''}`];
}

function nowOf({ clock }: Pick<Ports, 'clock'>): string {
  return new Date(clock.now()).toISOString();
}
