import { z } from 'zod';
import { candidateRefSchema } from './candidate.ts';
import { itemIdSchema, mostCandidates, objectKeySchema } from './limits.ts';

/**
 * The sets a candidate is evaluated on: all held-out traffic of the run, its training side by cross-fitting where
 * held-out traffic is little, and what earlier promotions froze.
 */
export const evaluatedSetSchema = z.enum(['traffic-validation', 'cross-fit', 'preceding', 'earlier']);
export type EvaluatedSet = z.infer<typeof evaluatedSetSchema>;

/** One cell of candidate × set. */
export const evaluationPlanSchema = z.strictObject({
  item: itemIdSchema,
  candidate: candidateRefSchema,
  set: evaluatedSetSchema,
  /** Object key of the set's items; for `cross-fit` that of the run's records. */
  setKey: objectKeySchema,
});

export const evaluatedSchema = z.strictObject({
  candidateId: itemIdSchema,
  set: evaluatedSetSchema,
  answersKey: objectKeySchema,
  size: z.int(),
  right: z.int(),
});
export type Evaluated = z.infer<typeof evaluatedSchema>;

export const championEvaluationSchema = z.strictObject({ answersKey: objectKeySchema, size: z.int(), right: z.int() });

export const candidatePlanSchema = z.strictObject({
  candidates: z.array(candidateRefSchema).max(mostCandidates),
  evaluations: z.array(evaluationPlanSchema).max(mostCandidates * evaluatedSetSchema.options.length),
});
