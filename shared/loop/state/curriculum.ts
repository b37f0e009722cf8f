import { z } from 'zod';
import { exampleCandidateSchema } from '../../domain/curriculum/example-candidate.ts';
import { rootCauseSchema } from '../../domain/diagnosis/root-cause.ts';
import { datasetModeSchema } from '../../domain/models/dataset.ts';
import { datasetRefSchema } from './candidate.ts';
import { itemIdSchema, lineageIdSchema, objectKeySchema, reasonSchema } from './limits.ts';

export const partRefSchema = z.strictObject({
  clusterId: itemIdSchema,
  key: objectKeySchema,
  gold: z.int(),
  hardNegatives: z.int(),
});

/** What one cluster gives to the curriculum: the file that `partRefSchema` points to. */
export const clusterSelectionSchema = z.strictObject({
  clusterId: z.string(),
  cause: rootCauseSchema,
  gold: z.array(exampleCandidateSchema),
  hardNegatives: z.array(exampleCandidateSchema),
  withoutNearPass: z.int(),
});

export const curriculumSchema = z.strictObject({
  datasets: z.array(datasetRefSchema.extend({ examples: z.int() })).max(datasetModeSchema.options.length),
});

export const nextDatasetSchema = z.strictObject({
  /** The move whose dataset was made; null where none was. */
  move: lineageIdSchema.nullable(),
  reason: reasonSchema,
});
