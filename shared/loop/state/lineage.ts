import { z } from 'zod';
import { datasetModeSchema } from '../../domain/models/dataset.ts';
import { lineageIdSchema, objectKeySchema } from './limits.ts';

const frozenRefSchema = z.strictObject({ key: objectKeySchema, size: z.int(), right: z.int() });
export type FrozenRef = z.infer<typeof frozenRefSchema>;

export const lineageSchema = z.strictObject({
  /** Whether the champion was fine-tuned by Ratchet, or is the model's first checkpoint. */
  champion: z.enum(['first', 'fine-tuned']),
  parentDatasetId: lineageIdSchema,
  parentExamples: z.int(),
  /** Which datasets are worth building. */
  modes: z.array(datasetModeSchema).max(datasetModeSchema.options.length),
  /**
   * Sets frozen when the champion was promoted, and the union of all that were frozen before; size 0 where there are
   * none.
   */
  preceding: frozenRefSchema,
  earlier: frozenRefSchema,
  /** Frozen sets that a human correction made a new version of. */
  correctedSets: z.int(),
});
export type Lineage = z.infer<typeof lineageSchema>;
