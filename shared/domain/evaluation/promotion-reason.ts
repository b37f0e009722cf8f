import { z } from 'zod';

/** Why a candidate below τ may pass all the same. */
export const promotionReasonSchema = z.enum(['plateau', 'external-remainder', 'moves-exhausted', 'iteration-limit']);
export type PromotionReason = z.infer<typeof promotionReasonSchema>;
