import { z } from 'zod';

/** Why a search for candidates ended below τ. The gate does not read it. */
export const promotionReasonSchema = z.enum(['plateau', 'external-remainder', 'moves-exhausted', 'iteration-limit']);
export type PromotionReason = z.infer<typeof promotionReasonSchema>;
