import { z } from 'zod';

/** How a checkpoint answers: by which predictor, and where that finds it. */
export const servedSchema = z.strictObject({
  /** Name of the predictor. */
  predictor: z.string(),
  /** Object key of the artifact where it has a digest, else whatever the predictor knows it by: an endpoint, a remote path. */
  ref: z.string(),
  /** SHA-256 of the artifact, hex; null where there are no bytes of ours. */
  digest: z.string().nullable(),
});
export type Served = z.infer<typeof servedSchema>;
