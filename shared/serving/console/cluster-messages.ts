import { z } from 'zod';
import { clusterLabelSchema } from '../../domain/cold-start/kept-clusters.ts';

const count = z.int().nonnegative();

export const toNameSchema = z.strictObject({
  models: z.array(
    z.strictObject({ model: z.string(), clusters: count, looked: count.describe('already named or left out') }),
  ),
});
export type ToName = z.infer<typeof toNameSchema>;

export const clustersSchema = z.strictObject({
  model: z.string(),
  of: z.string().describe('goes with each label, so that none is given to clusters that were offered since'),
  canCreate: z.boolean(),
  clusters: z.array(
    z.strictObject({
      cluster: z.string(),
      label: z.string().nullable().describe('as a person named it; "": it is left out; null: nobody has looked at it'),
      proposed: z.string().describe('what a chat model proposes; "" without a proposal'),
      size: count.describe('its texts'),
      words: z.array(z.string()),
      texts: z.array(z.string()).describe('the most typical of its texts, each its beginning'),
    }),
  ),
});
export type Clusters = z.infer<typeof clustersSchema>;

export const labelClusterSchema = z.strictObject({ of: z.string(), cluster: z.string(), label: clusterLabelSchema });
export const labelledClusterSchema = z.strictObject({ cluster: z.string(), label: z.string() });

export const createNamedSchema = z.strictObject({ of: z.string() });
export const createdModelSchema = z.strictObject({ model: z.string() });
