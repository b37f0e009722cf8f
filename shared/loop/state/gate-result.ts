import { z } from 'zod';
import { confusionSchema } from '../../domain/diagnosis/confusion.ts';
import { type GateVerdict, gateCandidate, gateRequestSchema, gateVerdictSchema } from '../../domain/evaluation/gate.ts';
import type { PromotionReason } from '../../domain/evaluation/promotion-reason.ts';
import { candidateRefSchema } from './candidate.ts';
import { objectKeySchema } from './limits.ts';

/** What the gate found of one candidate: all that a later decision needs. */
export const gatedCandidateSchema = z.strictObject({
  candidate: candidateRefSchema,
  score: z.number(),
  /** Object key of its answers on traffic-validation; null where it was not asked. */
  answersKey: objectKeySchema.nullable(),
  /** What it still gets wrong on traffic-validation, by pattern. */
  remaining: z.array(confusionSchema),
  request: gateRequestSchema,
  verdict: gateVerdictSchema,
});
export type GatedCandidate = z.infer<typeof gatedCandidateSchema>;

export const gateFileSchema = z.strictObject({ championScore: z.number(), candidates: z.array(gatedCandidateSchema) });

export const gateSchema = z.strictObject({
  gateKey: objectKeySchema,
  best: candidateRefSchema,
  score: z.number(),
  championScore: z.number(),
  outcome: gateVerdictSchema.shape.outcome,
});
export type Gate = z.infer<typeof gateSchema>;

/** The verdict on a candidate with a reason on record why it may pass below τ. */
export function gateWithReason(gated: GatedCandidate, reason: PromotionReason | null): GateVerdict {
  return gateCandidate({ ...gated.request, reason });
}

/**
 * The most pairs gained over lost first: on all traffic that a candidate's recipe was tried on, of which
 * traffic-validation alone is a small part where traffic is little; then by score, by pairs lost, by id.
 */
export function byNetGain(a: GatedCandidate, b: GatedCandidate): number {
  return (
    b.verdict.gained - b.verdict.lost - (a.verdict.gained - a.verdict.lost) ||
    b.score - a.score ||
    a.verdict.lost - b.verdict.lost ||
    (a.candidate.candidateId < b.candidate.candidateId ? -1 : 1)
  );
}
