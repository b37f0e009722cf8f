import { z } from 'zod';
import { commonEndpointOptions } from './endpoint-options.ts';

/** As SageMaker allows the name of an endpoint. */
export const sagemakerEndpointName = /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/;

/**
 * How an endpoint of SageMaker is asked whose container answers `{"inputs": […]}` with `{"predictions": […]}`. Whose
 * permission it is comes from the environment, as AWS's tools have it.
 */
export const sagemakerEndpointSchema = z.strictObject({
  name: z.string().regex(sagemakerEndpointName, 'must be the name of an endpoint'),
  /** The environment's own where it is null. */
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a region such as eu-central-1')
    .nullable()
    .default(null),
  ...commonEndpointOptions,
  /** SageMaker itself gives a container 60 seconds. */
  timeoutSeconds: z.number().min(1).max(600).default(70),
  /** Inputs of a request, which must be answered within a minute. */
  batch: z.int().min(1).max(1_000).default(16),
  /** Where requests of an asynchronous endpoint are put, `s3://BUCKET/FOLDER/`; null where it answers at once. */
  requests: z
    .string()
    .regex(
      /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9!_.*'()-]+)*\/?$/,
      'must be s3://BUCKET/FOLDER/',
    )
    .nullable()
    .default(null),
  /** How long an asynchronous answer may take, with the queue and the start of an instance. */
  waitSeconds: z.number().min(1).max(21_600).default(1_800),
  /** An address of one's own, as of an emulator. */
  url: z
    .url({ protocol: /^https?$/ })
    .nullable()
    .default(null),
});
export type SagemakerEndpoint = z.infer<typeof sagemakerEndpointSchema>;
