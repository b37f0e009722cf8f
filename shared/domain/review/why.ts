import { z } from 'zod';

/** Why a person should look at a card, what is surest to be wrong first. */
export const whyKindSchema = z.enum(['suspect', 'disagreement', 'sure-error', 'boundary', 'drift', 'random']);
export type WhyKind = z.infer<typeof whyKindSchema>;

/** A reason to look, in words. */
export interface Why {
  readonly kind: WhyKind;
  readonly text: string;
}
