import { z } from 'zod';
import { jsonSchema } from '../base/json.ts';
import { taskSpecSchema } from '../base/task-spec.ts';

/**
 * What is known of an endpoint that a model is deployed at: what it is asked for, and how. It is stored under the digest
 * of its bytes, so that nobody changes it unseen; no key of the endpoint is ever in it.
 */
export const endpointSchema = z.strictObject({
  version: z.literal(1),
  task: taskSpecSchema,
  /** The predictor's own: address, name of the model, prices. */
  options: jsonSchema,
});
export type Endpoint = z.infer<typeof endpointSchema>;

/** Object key of what is known of an endpoint. @param digest SHA-256 of its bytes, hex */
export function endpointKey(modelId: string, digest: string): string {
  return `models/${modelId}/endpoints/${digest}.json`;
}

/** The digest that a key made by {@link endpointKey} names; null for another key. */
export function digestOfEndpointKey(key: string): string | null {
  return /\/endpoints\/([0-9a-f]{64})\.json$/.exec(key)?.[1] ?? null;
}

/** The trainer of models that Ratchet only watches, and of checkpoints that nobody here trained. */
export const watchedTrainer = 'none';
