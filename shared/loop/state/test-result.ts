import { z } from 'zod';
import { objectKeySchema } from './limits.ts';

export const finalTestRefSchema = z.strictObject({
  /** Null where no candidate was decided on. */
  testKey: objectKeySchema.nullable(),
});

const countSchema = z.strictObject({ right: z.int(), of: z.int() });

/** True positives, false positives, false negatives. */
const gradedSchema = z.strictObject({ tp: z.int(), fp: z.int(), fn: z.int() });

/** Fractions. */
const scoreSchema = z.strictObject({ metric: z.string(), value: z.number(), lower: z.number(), upper: z.number() });

/** Places of answers at right ones, and only over a part of one; how many are right, and answered. */
const placesSchema = z.strictObject({
  same: z.int(),
  overlapping: z.int(),
  expected: z.int(),
  answered: z.int(),
});

const breakdownSchema = z.strictObject({ name: z.string(), before: countSchema, after: countSchema });

export const finalTestSchema = z.strictObject({
  /** The candidate that the decision was about; deployed only if it was promoted. */
  checkpointId: z.string(),
  /**
   * Out of fold: `traffic`, all of the evidence that triage kept, and of it `failures` and `passes` of the champion.
   * `report`, where the model keeps a share for it, is what no decision has touched.
   */
  sets: z.array(z.strictObject({ name: z.string(), before: countSchema, after: countSchema })),
  /**
   * The task's metric over the `traffic` with its 95 % interval, where that is not the share of right answers; null
   * where it is, and in files of earlier versions.
   */
  score: z.strictObject({ before: scoreSchema, after: scoreSchema }).nullable().default(null),
  /** Of a task whose outputs name places, how far those of the `traffic` agree, whatever facets they have; else null. */
  places: z.strictObject({ before: placesSchema, after: placesSchema }).nullable().default(null),
  /** Of each facet, what both got right and wrong of it, counted over the `traffic`. */
  byFacet: z.array(z.strictObject({ facet: z.string(), before: gradedSchema, after: gradedSchema })),
  /** By what the traces' metadata names as their slice; empty where none does. */
  bySlice: z.array(breakdownSchema),
  /** All usable failures of the snapshot, those trained on included: the paper's own figure. */
  allFailuresFixed: countSchema,
  /**
   * The traffic of {@link sets} by right output and answer, both as people read them; of a task that tells which facets
   * are taken for which (`TaskKind.pairs`) by facet, and null is what should not have been there, or was not.
   */
  confusion: z.array(
    z.strictObject({
      expected: z.string().nullable(),
      answered: z.string().nullable(),
      right: z.boolean(),
      before: z.int(),
      after: z.int(),
    }),
  ),
});
export type FinalTest = z.infer<typeof finalTestSchema>;
