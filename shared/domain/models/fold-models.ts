import { z } from 'zod';
import { type Place, partOf, partsSchema } from '../evaluation/fold.ts';
import { type Served, servedSchema } from './served.ts';

/**
 * The models that a checkpoint's evidence comes from, by part: each was trained without the traces of its part. Null
 * where a part has none, since a dear trainer trains a few of them only.
 */
export const foldModelsSchema = z.strictObject({ parts: partsSchema, models: z.array(servedSchema.nullable()) });
export type FoldModels = z.infer<typeof foldModelsSchema>;

/** A checkpoint as far as it answers. */
export interface Answering {
  readonly served: Served;
  readonly folds: FoldModels | null;
}

/**
 * The model of a checkpoint that has not trained an input of this place, nor what is near it: the fold model of its
 * part; where there are no fold models the served one, which then has seen no traffic at all. Null where every model
 * may have seen it.
 */
export function honestModel({ folds, use }: Pick<Place, 'folds' | 'use'>, checkpoint: Answering): Served | null {
  if (use === 'none') return null;
  const [fold] = folds;
  if (checkpoint.folds === null || use === 'report') return checkpoint.served;
  return fold === undefined ? null : (checkpoint.folds.models[partOf(fold, checkpoint.folds.parts)] ?? null);
}

/** Who is asked about an input: the {@link honestModel}, else one of its folds' models, else the served one. */
export function askedModel(place: Pick<Place, 'folds' | 'use'>, checkpoint: Answering): Served {
  const [fold] = place.folds;
  const { served, folds } = checkpoint;
  if (place.use === 'report' || folds === null || fold === undefined) return served;
  return folds.models[partOf(fold, folds.parts)] ?? served;
}

/** The items in groups by who is asked about them (see {@link askedModel}); groups and items in the order given. */
export function byAskedModel<T extends Pick<Place, 'folds' | 'use'>>(
  items: readonly T[],
  checkpoint: Answering,
): readonly { readonly served: Served; readonly items: readonly T[] }[] {
  const groups = new Map<string, { served: Served; items: T[] }>();
  for (const item of items) {
    const served = askedModel(item, checkpoint);
    const group = groups.get(served.ref) ?? { served, items: [] };
    groups.set(served.ref, group);
    group.items.push(item);
  }
  return [...groups.values()];
}
