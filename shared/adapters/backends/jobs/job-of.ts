import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { TrainingRequest } from '../../../ports/trainer.ts';
import { gliner2OnnxPredictor } from '../gliner2-onnx/facts.ts';
import { type JobModel, type JobSpec, jobSpecSchema } from './job-schema.ts';

/** The file of a job's dataset, in its folder. */
export const datasetFile = 'dataset.jsonl';

/** How often a job writes down what it has trained so far, in seconds. */
const checkpointSeconds = 60;

/** A model that a job trains, with the object key where its artifact belongs. */
export interface WantedModel extends JobModel {
  readonly artifactKey: string;
}

/** The models of a request: what is served, and the fold models that are asked for. */
export function wantedModels({ artifactKey, folds }: TrainingRequest): readonly WantedModel[] {
  return [
    { name: 'served', heldOut: null, artifactKey },
    ...(folds?.models ?? []).map(({ part, artifactKey }) => ({
      name: `part-${part}`,
      heldOut: { part, parts: folds?.parts ?? 5 },
      artifactKey,
    })),
  ];
}

/**
 * The job that trains some models of a request. What stands where it may differ, such as the time, is not in it: the same
 * request gives the same job.
 * @param dataset the bytes of the request's dataset, which go into the job's folder as {@link datasetFile}
 */
export function jobOf(
  { backEnd, key }: { readonly backEnd: string; readonly key: string },
  request: TrainingRequest,
  models: readonly WantedModel[],
  dataset: Uint8Array,
): JobSpec {
  return jobSpecSchema.parse({
    version: 1,
    key,
    backEnd,
    task: request.task,
    dataset: { path: datasetFile, sha256: createHash('sha256').update(dataset).digest('hex') },
    models: models.map(({ name, heldOut }) => ({ name, heldOut })),
    evaluationSets: [],
    configuration: configurationOf(request),
    seed: request.seed,
    foundation: foundationOf(request),
    checkpointSeconds,
  });
}

/** A model that answers by ONNX has its checkpoints written so too. */
function configurationOf({ configuration, predictor }: TrainingRequest): unknown {
  return predictor === gliner2OnnxPredictor ? { ...z.looseObject({}).parse(configuration), onnx: true } : configuration;
}

function foundationOf({ configuration }: TrainingRequest): unknown {
  return typeof configuration === 'object' && configuration !== null && 'foundation' in configuration
    ? configuration.foundation
    : null;
}
