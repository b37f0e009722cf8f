import { encodeDocument } from '../../shared/adapters/local/document.ts';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import { type EvaluationSet, evaluationSetSchema } from '../../shared/domain/evaluation/evaluation-set.ts';
import { type Checkpoint, checkpointSchema } from '../../shared/domain/models/checkpoint.ts';
import { type Control, controlSchema, firstControl } from '../../shared/domain/models/control.ts';
import { type Dataset, datasetSchema } from '../../shared/domain/models/dataset.ts';
import { type Model, modelSchema } from '../../shared/domain/models/model.ts';
import { checkRevision } from '../../shared/domain/models/model-change.ts';
import { asBegun, type Run, runSchema } from '../../shared/domain/models/run.ts';
import type { LineageStore } from '../../shared/ports/lineage-store.ts';
import { unknownCheckpoint } from '../../shared/ports/unknown-checkpoint.ts';

/** A {@link LineageStore} in memory; what goes in and what comes out are copies. */
export class MemoryLineageStore implements LineageStore {
  readonly #models = new Map<string, Model>();
  readonly #controls = new Map<string, Control>();
  readonly #checkpoints = new Map<string, Checkpoint>();
  readonly #datasets = new Map<string, Dataset>();
  readonly #sets = new Map<string, EvaluationSet>();
  readonly #runs = new Map<string, Run>();

  async createModel(model: Model): Promise<boolean> {
    encodeDocument(modelSchema, model, 'model');
    if (this.#models.has(model.modelId)) return false;
    this.#models.set(model.modelId, structuredClone(model));
    this.#controls.set(model.modelId, firstControl(model.modelId));
    return true;
  }

  async replaceModel(expectedRevision: number, next: Model): Promise<boolean> {
    checkRevision(expectedRevision, next);
    encodeDocument(modelSchema, next, 'model');
    if (this.#models.get(next.modelId)?.revision !== expectedRevision) return false;
    this.#models.set(next.modelId, structuredClone(next));
    return true;
  }

  async getModel(modelId: string): Promise<Model | undefined> {
    return structuredClone(this.#models.get(modelId));
  }

  async listModels(): Promise<readonly Model[]> {
    return inOrder([...this.#models.values()], (model) => [model.modelId]);
  }

  async getControl(modelId: string): Promise<Control | undefined> {
    return structuredClone(this.#controls.get(modelId));
  }

  async compareAndSetControl(expectedVersion: number, next: Control): Promise<boolean> {
    if (next.version !== expectedVersion + 1) {
      throw new RatchetError(
        'InvalidInput',
        `A control item of version ${next.version} cannot follow version ${expectedVersion}.`,
      );
    }
    encodeDocument(controlSchema, next, 'control item');
    if (this.#controls.get(next.modelId)?.version !== expectedVersion) return false;
    this.#controls.set(next.modelId, structuredClone(next));
    return true;
  }

  async putCheckpoint(checkpoint: Checkpoint): Promise<void> {
    encodeDocument(checkpointSchema, checkpoint, 'checkpoint');
    const key = compound(checkpoint.modelId, checkpoint.checkpointId);
    const found = this.#checkpoints.get(key) ?? checkpoint;
    this.#checkpoints.set(key, structuredClone({ ...found, scores: { ...found.scores, ...checkpoint.scores } }));
  }

  async addScores(modelId: string, checkpointId: string, scores: Checkpoint['scores']): Promise<void> {
    const found = this.#checkpoints.get(compound(modelId, checkpointId));
    if (found === undefined) throw unknownCheckpoint(modelId, checkpointId);
    await this.putCheckpoint({ ...found, scores });
  }

  async getCheckpoint(modelId: string, checkpointId: string): Promise<Checkpoint | undefined> {
    return structuredClone(this.#checkpoints.get(compound(modelId, checkpointId)));
  }

  async listCheckpoints(modelId: string): Promise<readonly Checkpoint[]> {
    return inOrder(ofModel(this.#checkpoints, modelId), (found) => [found.createdAt, found.checkpointId]);
  }

  async putDataset(dataset: Dataset): Promise<void> {
    encodeDocument(datasetSchema, dataset, 'dataset');
    putOnce(this.#datasets, compound(dataset.modelId, dataset.datasetId), dataset);
  }

  async getDataset(modelId: string, datasetId: string): Promise<Dataset | undefined> {
    return structuredClone(this.#datasets.get(compound(modelId, datasetId)));
  }

  async listDatasets(modelId: string): Promise<readonly Dataset[]> {
    return inOrder(ofModel(this.#datasets, modelId), (found) => [found.createdAt, found.datasetId]);
  }

  async putEvaluationSet(set: EvaluationSet): Promise<void> {
    encodeDocument(evaluationSetSchema, set, 'evaluation set');
    putOnce(this.#sets, compound(set.modelId, set.setId), set);
  }

  async listEvaluationSets(modelId: string): Promise<readonly EvaluationSet[]> {
    return inOrder(ofModel(this.#sets, modelId), (found) => [found.createdAt, found.setId]);
  }

  async putRun(run: Run): Promise<void> {
    encodeDocument(runSchema, run, 'run');
    this.#runs.set(run.runId, structuredClone(run));
  }

  async getRun(runId: string): Promise<Run | undefined> {
    return structuredClone(this.#runs.get(runId));
  }

  async listRuns(modelId: string): Promise<readonly Run[]> {
    return ofModel(this.#runs, modelId).toSorted(asBegun);
  }
}

function compound(modelId: string, id: string): string {
  return JSON.stringify([modelId, id]);
}

function putOnce<T>(items: Map<string, T>, key: string, item: T): void {
  if (!items.has(key)) items.set(key, structuredClone(item));
}

function ofModel<T extends { readonly modelId: string }>(items: ReadonlyMap<string, T>, modelId: string): readonly T[] {
  return [...items.values()].filter((item) => item.modelId === modelId);
}

function inOrder<T>(items: readonly T[], keyOf: (item: T) => readonly string[]): readonly T[] {
  const keyed = items.map((item) => ({ item, key: keyOf(item).join('\0') }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ item }) => structuredClone(item));
}
