import { z } from 'zod';
import { outputSchema } from '../base/output.ts';

/** How probes are called that an agent has written. */
export const writtenMethod = 'written';

/**
 * A targeted input, made from records that train, outside the cluster, that tests a suspected weakness on the
 * champion.
 */
export const probeSchema = z.strictObject({
  probeId: z.string(),
  clusterId: z.string(),
  input: z.string(),
  /** The right answer. */
  expected: outputSchema,
  /**
   * How it was made: `neighbour` is a record as it is, `lengthen` and `noise-…` keep what it asks for, `word-swap` and
   * `shorten` may not. The text of a `written` one is an agent's, and so is the word that its answer is right.
   */
  method: z.string(),
  /** The trace that the material came from. */
  traceId: z.string(),
});
export type Probe = z.infer<typeof probeSchema>;

/**
 * Whether nobody need doubt a probe's right answer, so that it may train when it fails. An input with its words swapped
 * keeps its label by conjecture, and training on such probes was not found to help (docs/adr/0005); one that was cut
 * short may have lost what its label rests on; what an agent has written never trains.
 */
export function isSureOf({ method }: Pick<Probe, 'method'>): boolean {
  return method !== 'word-swap' && method !== 'shorten' && method !== writtenMethod;
}

export const probeResultSchema = probeSchema.extend({ answer: outputSchema.nullable(), failed: z.boolean() });
export type ProbeResult = z.infer<typeof probeResultSchema>;

export const weaknessSchema = z.strictObject({
  clusterId: z.string(),
  verdict: z.enum(['confirmed', 'refuted', 'not-enough-evidence']),
  probes: z.int(),
  failed: z.int(),
  failureRate: z.number(),
  /** 95 % Wilson bounds of the failure rate. */
  lower: z.number(),
  upper: z.number(),
  /** The champion's failure rate on all usable traffic. */
  baseRate: z.number(),
  reason: z.string(),
});
export type Weakness = z.infer<typeof weaknessSchema>;
