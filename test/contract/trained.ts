import type { Configuration } from '../../shared/domain/models/configuration.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import type { Predictor } from '../../shared/ports/predictor.ts';
import type { Trainer, TrainingRequest } from '../../shared/ports/trainer.ts';
import { classificationTask } from '../../shared/tasks/classification/classification-spec.ts';
import { intents, madeUpIntents } from '../helpers/made-up-intents.ts';

export interface TrainerAndPredictor {
  readonly objects: ObjectStore;
  readonly trainer: Trainer;
  readonly predictor: Predictor;
  close(): Promise<void>;
}

export const training = madeUpIntents.filter((_, index) => index % 3 !== 0);
export const fresh = madeUpIntents.filter((_, index) => index % 3 === 0);

/** What the suites ask a trainer for, with {@link training} at its dataset's key. */
export function contractRequest(configuration: Configuration): TrainingRequest {
  return {
    task: classificationTask(intents),
    datasetKey: 'datasets/made-up.jsonl',
    configuration,
    seed: 7,
    teacher: null,
    folds: null,
    artifactKey: 'artifacts/made-up',
    predictor: 'embedded',
  };
}
