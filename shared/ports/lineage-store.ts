import type { EvaluationSet } from '../domain/evaluation/evaluation-set.ts';
import type { Checkpoint } from '../domain/models/checkpoint.ts';
import type { Control } from '../domain/models/control.ts';
import type { Dataset } from '../domain/models/dataset.ts';
import type { Model } from '../domain/models/model.ts';
import type { asBegun, Run } from '../domain/models/run.ts';

/**
 * Lineage and scores. Single-item writes only, each atomic. The store keeps what it is given: ids and times are made
 * by the caller. Records other than the model, the control item and the run are written once; writing one again is no error and
 * changes nothing but a checkpoint's scores.
 */
export interface LineageStore {
  /** Registers a model with its first control item; false when the name is taken (nothing is changed). */
  createModel(model: Model): Promise<boolean>;
  /**
   * Replaces a model if its revision is still `expectedRevision`; false when it is not, or there is no such model.
   * `next.revision` must be one more.
   */
  replaceModel(expectedRevision: number, next: Model): Promise<boolean>;
  getModel(modelId: string): Promise<Model | undefined>;
  listModels(): Promise<readonly Model[]>;

  getControl(modelId: string): Promise<Control | undefined>;
  /**
   * Replaces the control item if its version is still `expectedVersion`; false when it is not. `next.version` must be
   * one more.
   */
  compareAndSetControl(expectedVersion: number, next: Control): Promise<boolean>;

  putCheckpoint(checkpoint: Checkpoint): Promise<void>;
  /** Enters scores of a checkpoint beside those it has. @throws RatchetError UnknownCheckpoint */
  addScores(modelId: string, checkpointId: string, scores: Checkpoint['scores']): Promise<void>;
  getCheckpoint(modelId: string, checkpointId: string): Promise<Checkpoint | undefined>;
  /** By creation time, oldest first. */
  listCheckpoints(modelId: string): Promise<readonly Checkpoint[]>;

  putDataset(dataset: Dataset): Promise<void>;
  getDataset(modelId: string, datasetId: string): Promise<Dataset | undefined>;
  listDatasets(modelId: string): Promise<readonly Dataset[]>;

  putEvaluationSet(set: EvaluationSet): Promise<void>;
  listEvaluationSets(modelId: string): Promise<readonly EvaluationSet[]>;

  /** Writes the run's record, replacing it. */
  putRun(run: Run): Promise<void>;
  getRun(runId: string): Promise<Run | undefined>;
  /** As they began (see {@link asBegun}), oldest first. */
  listRuns(modelId: string): Promise<readonly Run[]>;
}
