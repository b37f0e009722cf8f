import { z } from 'zod';
import { gateRequestSchema } from '../../domain/evaluation/gate.ts';
import { candidateRefSchema } from './candidate.ts';
import { decisionRefSchema } from './decision.ts';
import { itemIdSchema, mostCandidates, objectKeySchema } from './limits.ts';

/** A candidate's answers on the evidence and on what earlier promotions froze, each by a model that has not seen it. */
export const evaluatedSchema = z.strictObject({
  candidateId: itemIdSchema,
  answersKey: objectKeySchema,
  size: z.int(),
  right: z.int(),
  /** See the gate's `fit`. */
  fit: gateRequestSchema.shape.fit,
  /** Records that it was not asked about, as the budget did not cover it; absent where it was asked about all. */
  notAsked: z.int().positive().optional(),
});
export type Evaluated = z.infer<typeof evaluatedSchema>;

/** Why the judge was asked no further about candidates' answers, or not at all: a sentence or two; null where it was. */
export const judgingSchema = z.strictObject({ stopped: z.string().nullable() });

export const candidatePlanSchema = z.strictObject({
  candidates: z.array(candidateRefSchema).max(mostCandidates),
  /** Why the run ends without training: then there are no candidates. Null where there are some. */
  ends: decisionRefSchema.nullable().default(null),
});
