import { z } from 'zod';
import { partsSchema } from '../evaluation/fold.ts';
import { servedSchema } from './served.ts';

/**
 * The models that a checkpoint's evidence comes from, by part: each was trained without the traces of its part. Null
 * where a part has none, since a dear trainer trains a few of them only.
 */
export const foldModelsSchema = z.strictObject({ parts: partsSchema, models: z.array(servedSchema.nullable()) });
export type FoldModels = z.infer<typeof foldModelsSchema>;
