import { type Json, jsonSchema } from '../base/json.ts';

/**
 * All but data and seed that determines a checkpoint. It belongs to the trainer: nobody else looks inside, or needs to.
 */
export const configurationSchema = jsonSchema;
export type Configuration = Json;

/** A configuration on one line, for people. */
export function describeConfiguration(configuration: Configuration): string {
  if (typeof configuration !== 'object' || configuration === null) return JSON.stringify(configuration);
  return Object.entries(configuration)
    .map(([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join(' · ');
}
