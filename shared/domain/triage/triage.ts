import { z } from 'zod';

export const triageCategorySchema = z.enum(['clean', 'fixable-noise', 'poison', 'suspect-judgement']);
export type TriageCategory = z.infer<typeof triageCategorySchema>;

/** What triage decided of one trace, and why, in words and with the measured value behind it. */
export const triageSchema = z.strictObject({
  category: triageCategorySchema,
  /** A short kind, such as `typos`, `gibberish`, `prompt-injection`, `flipped-label`, or `none`. */
  kind: z.string(),
  reason: z.string(),
  /** Of a judgement that models doubt: what is probably right, for people, and how probably the given output is wrong. */
  suspect: z.strictObject({ likely: z.string(), probability: z.number() }).optional(),
});
export type Triage = z.infer<typeof triageSchema>;

/** Whether the trace may enter training and evaluation sets. */
export function isUsable(category: TriageCategory): boolean {
  return category === 'clean' || category === 'fixable-noise';
}
