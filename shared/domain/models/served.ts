import { z } from 'zod';

/** How a checkpoint answers: by which predictor, and where that finds it. */
export const servedSchema = z.strictObject({
  /** Name of the predictor. */
  predictor: z.string().max(100),
  /**
   * Object key of the artifact where it has a digest, else whatever the predictor knows it by: an endpoint, a remote
   * path.
   */
  ref: z.string().max(1_000),
  /** SHA-256 of the artifact, hex; null where there are no bytes of ours. */
  digest: z.string().max(100).nullable(),
});
export type Served = z.infer<typeof servedSchema>;
