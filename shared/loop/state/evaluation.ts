import { z } from 'zod';
import { gateRequestSchema } from '../../domain/evaluation/gate.ts';
import { candidateRefSchema } from './candidate.ts';
import { decisionRefSchema } from './decision.ts';
import { itemIdSchema, mostCandidates, objectKeySchema } from './limits.ts';

const mostOfStop = 400;

/** Why a judge was asked no further, in as much as the state has room for. */
export function shortStop(text: string): string {
  return text.length <= mostOfStop ? text : `${text.slice(0, mostOfStop - 1).toWellFormed()}…`;
}

/** A candidate's answers on the evidence and on what earlier promotions froze, each by a model that has not seen it. */
export const evaluatedSchema = z.strictObject({
  candidateId: itemIdSchema,
  answersKey: objectKeySchema,
  size: z.int(),
  right: z.int(),
  /** See the gate's `fit`. */
  fit: gateRequestSchema.shape.fit,
  /** Why nobody has judged what only somebody can tell, where some of that is left. */
  unjudged: z.string().max(mostOfStop).optional(),
});
export type Evaluated = z.infer<typeof evaluatedSchema>;

export const candidatePlanSchema = z.strictObject({
  candidates: z.array(candidateRefSchema).max(mostCandidates),
  /** Why the run ends without training: then there are no candidates. Null where there are some. */
  ends: decisionRefSchema.nullable().default(null),
});
