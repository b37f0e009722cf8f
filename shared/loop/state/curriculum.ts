import { z } from 'zod';
import { candidateSchema } from '../../domain/curriculum/example-candidate.ts';
import { rootCauseSchema } from '../../domain/diagnosis/taxonomy.ts';
import { datasetRefSchema } from './candidate.ts';

export const partRefSchema = z.strictObject({
  clusterId: z.string(),
  key: z.string(),
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

export const curriculumSchema = z.strictObject({ datasets: z.array(datasetRefSchema.extend({ examples: z.int() })) });

export const nextDatasetSchema = z.strictObject({ move: z.string(), reason: z.string() });
