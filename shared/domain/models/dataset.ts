import { z } from 'zod';
import { sliceSchema, writerSchema } from './example.ts';

/** `complement` is the curriculum alone, `extend` the whole parent dataset as replay and the curriculum on top. */
export const datasetModeSchema = z.enum(['initial', 'complement', 'extend']);

const bandSchema = z.strictObject({
  slice: sliceSchema,
  examples: z.int(),
  weight: z.number(),
  share: z.number(),
  lower: z.number(),
  upper: z.number(),
  met: z.boolean(),
  reason: z.string(),
});
/** A slice's share of total sample weight against its band; `reason` says why a band is not met, else empty. */
export type SliceBand = z.infer<typeof bandSchema>;

const qualityControlSchema = z.strictObject({
  name: z.string(),
  wanted: z.string(),
  measured: z.string(),
  met: z.boolean(),
});
/** A quality control with what was wanted and what was measured. */
export type QualityControl = z.infer<typeof qualityControlSchema>;

export const manifestSchema = z.strictObject({
  examples: z.int(),
  labels: z.int(),
  bands: z.array(bandSchema),
  controls: z.array(qualityControlSchema),
  /** What was left out, by reason, with counts. */
  leftOut: z.record(z.string(), z.int()),
  notes: z.array(z.string()),
  /** How many examples which agent wrote in which turn; absent where none did. */
  written: z.array(writerSchema.extend({ examples: z.int() })).optional(),
});
export type Manifest = z.infer<typeof manifestSchema>;

/** One version of a training set. Its id is a digest of its content. */
export const datasetSchema = z.strictObject({
  datasetId: z.string(),
  modelId: z.string(),
  parentId: z.string().nullable(),
  mode: datasetModeSchema,
  runId: z.string().nullable(),
  iteration: z.int().nonnegative(),
  /** Object key of the examples, JSON lines. */
  key: z.string(),
  /** SHA-256 of the object; datasets of earlier versions have their id alone. */
  digest: z.string().optional(),
  manifest: manifestSchema,
  createdAt: z.string(),
});
export type Dataset = z.infer<typeof datasetSchema>;
