import { z } from 'zod';
import { candidateSchema } from '../../domain/curriculum/example-candidate.ts';
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

/** What one cluster gives to the curriculum, as written by this stage. */
export const clusterSelectionSchema = z.strictObject({
  clusterId: z.string(),
  cause: rootCauseSchema,
  gold: z.array(candidateSchema),
  hardNegatives: z.array(candidateSchema),
  withoutNearPass: z.int(),
});

export const curriculumSchema = z.strictObject({
  datasets: z.array(datasetRefSchema.extend({ examples: z.int() })).max(datasetModeSchema.options.length),
});

export const nextDatasetSchema = z.strictObject({ move: lineageIdSchema, reason: reasonSchema });
