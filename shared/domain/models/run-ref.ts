import { z } from 'zod';
import { idSchema } from '../base/ids.ts';
/** Which run of which model; with the seed it determines all that is drawn at random. */
export const runRefSchema = z.strictObject({ runId: idSchema, modelId: idSchema, seed: z.int() });

export type RunRef = z.infer<typeof runRefSchema>;

/** Longer than the name of any execution, and of any process with its host. */
const longestOwner = 320;

/** Proof of the right to work on the run. */
export const leaseRefSchema = z.strictObject({ owner: z.string().max(longestOwner), fencingToken: z.int() });

export type LeaseRef = z.infer<typeof leaseRefSchema>;
