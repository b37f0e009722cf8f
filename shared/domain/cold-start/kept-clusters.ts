import { z } from 'zod';
import { namedClusterSchema } from './propose-clusters.ts';

/** Clusters that wait to be named in the console. */
export const keptClustersSchema = z.strictObject({
  /** By which labels are known to be of these clusters, and not of those that were offered before. */
  of: z.string(),
  clusters: z.array(namedClusterSchema).describe('"label" is what a chat model proposes; empty without a proposal'),
  seed: z.int().nonnegative().describe('what the model is to be created with'),
  foundation: z.string().nullable().describe('what training is to start from; null for what the trainer takes'),
});
export type KeptClusters = z.infer<typeof keptClustersSchema>;

const longestLabel = 100;

/** What a person calls a cluster; empty leaves it out. */
export const clusterLabelSchema = z
  .string()
  .trim()
  .max(longestLabel)
  .refine((label) => !/[\p{C}\p{Zl}\p{Zp}]/u.test(label), 'has a character that does not show');

/** What a person has said of one cluster. */
export const keptLabelSchema = z.strictObject({ of: z.string(), label: clusterLabelSchema });
