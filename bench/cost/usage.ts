import { z } from 'zod';

/** What a piece of work used of AWS, in the units that are paid for. */
export const usageSchema = z.strictObject({
  stateTransitions: z.number(),
  invocations: z.number(),
  /** Of Lambda memory. */
  gigabyteSeconds: z.number(),
  s3Writes: z.number().describe('PUT, POST and LIST requests'),
  s3Reads: z.number().describe('GET requests'),
  /** Read and write request units, not requests. */
  tableReads: z.number(),
  tableWrites: z.number(),
  events: z.number().describe('custom events on EventBridge'),
  storedGigabytes: z.number().describe('objects that stay'),
});
export type Usage = z.infer<typeof usageSchema>;

export function noUsage(): Usage {
  return {
    stateTransitions: 0,
    invocations: 0,
    gigabyteSeconds: 0,
    s3Writes: 0,
    s3Reads: 0,
    tableReads: 0,
    tableWrites: 0,
    events: 0,
    storedGigabytes: 0,
  };
}
