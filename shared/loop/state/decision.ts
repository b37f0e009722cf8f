import { z } from 'zod';
import { evaluationSetNameSchema } from '../../domain/evaluation/evaluation-set.ts';
import { moveKindSchema } from '../../domain/policy/policy.ts';
import { candidateRefSchema } from './candidate.ts';
import { iterationRefSchema } from './iteration.ts';
import { lineageIdSchema, objectKeySchema, reasonSchema } from './limits.ts';

export const decisionRefSchema = z.strictObject({
  next: z.union([moveKindSchema, z.literal('promote'), z.literal('keep')]),
  /** For people: why. */
  reason: reasonSchema,
  /** Null where no candidate was put to the gate. */
  historyKey: objectKeySchema.nullable(),
  /**
   * The candidate that the decision is about: to be promoted, or the best of those refused; null while the run goes on.
   */
  chosen: candidateRefSchema.nullable(),
  /** Object key of its answers, out of fold; null where there is no candidate. */
  answersKey: objectKeySchema.nullable(),
  /** The coming iteration; the present one when there is none. */
  iteration: iterationRefSchema,
});
export type DecisionRef = z.infer<typeof decisionRefSchema>;

export const promotionSchema = z.strictObject({
  championId: lineageIdSchema,
  frozenSets: z.array(lineageIdSchema).max(evaluationSetNameSchema.options.length),
});
