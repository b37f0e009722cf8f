import { z } from 'zod';
import { confusionSchema } from '../../domain/diagnosis/confusion.ts';
import { excessSchema } from '../../domain/diagnosis/over-prediction.ts';
import { gateRequestSchema, gateVerdictSchema } from '../../domain/evaluation/gate.ts';
import { candidateRefSchema } from './candidate.ts';
import { objectKeySchema } from './limits.ts';

/** What the gate found of one candidate: all that a later decision needs. */
export const gatedCandidateSchema = z.strictObject({
  candidate: candidateRefSchema,
  /** Scores out of fold, fractions, of the candidate and of the champion on the same records. */
  score: z.number(),
  championScore: z.number(),
  /** Object key of its answers. */
  answersKey: objectKeySchema,
  /** What it still gets wrong, by pattern. */
  remaining: z.array(confusionSchema),
  /** What its answers have too much of and lack. */
  excess: excessSchema.default({ spurious: 0, missed: 0 }),
  request: gateRequestSchema,
  verdict: gateVerdictSchema,
});
export type GatedCandidate = z.infer<typeof gatedCandidateSchema>;

export const gateFileSchema = z.strictObject({ candidates: z.array(gatedCandidateSchema) });

export const gateSchema = z.strictObject({
  gateKey: objectKeySchema,
  best: candidateRefSchema,
  score: z.number(),
  championScore: z.number(),
  outcome: gateVerdictSchema.shape.outcome,
});
export type Gate = z.infer<typeof gateSchema>;

/** The most gained over lost first, in parts where there are; then by score, by pairs lost, by id. */
export function byNetGain(a: GatedCandidate, b: GatedCandidate): number {
  return (
    gainOf(b) - gainOf(a) ||
    b.score - a.score ||
    a.verdict.lost - b.verdict.lost ||
    (a.candidate.candidateId < b.candidate.candidateId ? -1 : 1)
  );
}

function gainOf({ verdict: { gained, lost, groups, net, partly } }: GatedCandidate): number {
  return partly === undefined ? gained - lost : net * groups;
}
