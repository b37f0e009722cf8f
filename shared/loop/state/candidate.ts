import { z } from 'zod';
import { partsSchema } from '../../domain/evaluation/fold.ts';
import { configurationSchema } from '../../domain/models/configuration.ts';
import { datasetModeSchema } from '../../domain/models/dataset.ts';
import { readJson } from '../../ports/documents.ts';
import type { Ports } from '../../ports/ports.ts';
import { itemIdSchema, lineageIdSchema, objectKeySchema } from './limits.ts';

/** What is to be trained: a dataset and a configuration. Its checkpoint's id is known beforehand. */
export const candidateSchema = z.strictObject({
  candidateId: z.string(),
  iteration: z.int().positive(),
  checkpointId: z.string(),
  datasetId: z.string(),
  datasetKey: z.string(),
  mode: datasetModeSchema,
  configuration: configurationSchema,
  artifactKey: z.string(),
  /** The fold models to train beside it. */
  folds: z.strictObject({
    parts: partsSchema,
    models: z.array(z.strictObject({ part: z.int(), artifactKey: z.string() })),
  }),
});
export type Candidate = z.infer<typeof candidateSchema>;

export const candidateRefSchema = z.strictObject({
  candidateId: itemIdSchema,
  checkpointId: lineageIdSchema,
  key: objectKeySchema,
});
export type CandidateRef = z.infer<typeof candidateRefSchema>;

export const datasetRefSchema = z.strictObject({
  datasetId: lineageIdSchema,
  key: objectKeySchema,
  mode: datasetModeSchema,
});
export type DatasetRef = z.infer<typeof datasetRefSchema>;

export function readCandidate(ref: Pick<CandidateRef, 'key'>, ports: Ports): Promise<Candidate> {
  return readJson(ports.objects, ref.key, candidateSchema);
}
export const trainedSchema = z.strictObject({
  candidateId: itemIdSchema,
  checkpointId: lineageIdSchema,
  examples: z.int(),
});

/** Under which the run's budget knows the training of a candidate. */
export function trainingBudgetKey({ checkpointId }: Pick<Candidate, 'checkpointId'>): string {
  return `training/${checkpointId}`;
}
