import { z } from 'zod';
import { weaknessSchema } from '../../domain/diagnosis/probe.ts';
import { itemIdSchema, mostClusters, objectKeySchema } from './limits.ts';

export const analysisSchema = z.strictObject({ shardId: itemIdSchema, key: objectKeySchema, failures: z.int() });

export const clusterRefSchema = z.strictObject({ clusterId: itemIdSchema, size: z.int() });

export const taxonomyRefSchema = z.strictObject({
  taxonomyKey: objectKeySchema,
  clusters: z.array(clusterRefSchema).max(mostClusters),
  unclustered: z.int(),
});

export const weaknessRefSchema = z.strictObject({
  clusterId: itemIdSchema,
  weaknessKey: objectKeySchema,
  probesKey: objectKeySchema,
  verdict: weaknessSchema.shape.verdict,
});
