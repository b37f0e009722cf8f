import { defaultBackEnds } from '../../shared/composition/default-back-ends.ts';
import type { EvaluationSet } from '../../shared/domain/evaluation/evaluation-set.ts';
import type { Checkpoint } from '../../shared/domain/models/checkpoint.ts';
import type { Dataset } from '../../shared/domain/models/dataset.ts';
import type { Model } from '../../shared/domain/models/model.ts';
import type { Run } from '../../shared/domain/models/run.ts';
import { defaultSettings } from '../../shared/domain/models/settings.ts';
import { classificationTask } from '../../shared/tasks/classification/classification-spec.ts';

const time = '2026-01-01T00:00:00.000Z';
const task = classificationTask(['spam', 'ham']);

export function sampleModel(change: Partial<Model> = {}): Model {
  return {
    modelId: 'm1',
    task,
    ...defaultBackEnds,
    trainerOptions: { foundation: 'use-lite' },
    settings: defaultSettings,
    splitSalt: 'salt',
    createdAt: time,
    revision: 0,
    changes: [],
    ...change,
  };
}

export function sampleCheckpoint(change: Partial<Checkpoint> = {}): Checkpoint {
  return {
    checkpointId: 'c1',
    modelId: 'm1',
    parentId: null,
    datasetId: 'd1',
    trainer: 'embedded',
    configuration: {
      foundation: 'use-lite',
      epochs: 20,
      learningRate: 0.1,
      l2: 1e-4,
      distillation: 0,
      interpolation: 0,
      embeddingDropout: 0,
      classBalance: 0,
    },
    seed: 7,
    task,
    folds: null,
    served: { predictor: 'embedded', ref: 'artifacts/c1', digest: 'abc' },
    runId: null,
    createdAt: time,
    scores: {},
    ...change,
  };
}

export function sampleDataset(change: Partial<Dataset> = {}): Dataset {
  return {
    datasetId: 'd1',
    modelId: 'm1',
    parentId: null,
    mode: 'initial',
    runId: null,
    iteration: 0,
    key: 'datasets/d1.jsonl',
    manifest: { examples: 2, labels: 2, bands: [], controls: [], leftOut: { 'too close': 1 }, notes: ['a note'] },
    createdAt: time,
    ...change,
  };
}

export function sampleEvaluationSet(change: Partial<EvaluationSet> = {}): EvaluationSet {
  return {
    setId: 's1',
    modelId: 'm1',
    name: 'records',
    checkpointId: 'c1',
    runId: 'r1',
    version: 1,
    key: 'sets/s1.jsonl',
    size: 10,
    right: 9,
    createdAt: time,
    ...change,
  };
}

export function sampleRun(change: Partial<Run> = {}): Run {
  return {
    runId: 'r1',
    modelId: 'm1',
    seed: 7,
    status: 'running',
    championId: 'c1',
    startedAt: time,
    finishedAt: null,
    decision: null,
    reason: '',
    resultId: null,
    reportKey: null,
    failure: null,
    ...change,
  };
}
