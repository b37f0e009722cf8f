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
  /** Of a judgement that is held since it goes with others that rest on one judge alone: what they come to. */
  alone: z
    .strictObject({
      /** The judge, `kind/id`. */
      judge: z.string(),
      /** The label that the first examples of such texts have; null where these are of several. */
      from: z.string().nullable(),
      /** The word that goes with the given label; null where it is no word. */
      word: z.string().nullable(),
      /** The label that is given. */
      to: z.string(),
      /** Near-duplicate groups that the judge gives it, and those that it could have. */
      turned: z.int(),
      of: z.int(),
    })
    .optional(),
});
export type Triage = z.infer<typeof triageSchema>;

/** Whether a judgement is held: it neither trains nor decides anything until somebody bears it out. */
export function isHeld({ alone }: Pick<Triage, 'alone'>): boolean {
  return alone !== undefined;
}

/** Whether the trace may enter training and evaluation sets. */
export function isUsable(category: TriageCategory): boolean {
  return category === 'clean' || category === 'fixable-noise';
}
