import { z } from 'zod';
import { weaknessSchema } from '../../domain/diagnosis/probe.ts';

export const analysisSchema = z.strictObject({ shardId: z.string(), key: z.string(), failures: z.int() });

export const clusterRefSchema = z.strictObject({ clusterId: z.string(), size: z.int() });

export const taxonomyRefSchema = z.strictObject({
  taxonomyKey: z.string(),
  clusters: z.array(clusterRefSchema),
  unclustered: z.int(),
});

export const weaknessRefSchema = z.strictObject({
  clusterId: z.string(),
  weaknessKey: z.string(),
  probesKey: z.string(),
  verdict: weaknessSchema.shape.verdict,
});
