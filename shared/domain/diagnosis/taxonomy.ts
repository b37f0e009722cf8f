import { z } from 'zod';
import { outputSchema } from '../base/output.ts';
import { stepMistakeSchema } from '../steps/step-mistake.ts';
import { confusionSchema } from './confusion.ts';
import { excessSchema } from './over-prediction.ts';
import { rootCauseSchema } from './root-cause.ts';

/** One failing trace as the analyst hands it on. */
export const failureSchema = z.strictObject({
  traceId: z.string(),
  input: z.string(),
  expected: outputSchema,
  answer: outputSchema.nullable(),
  confidence: z.number(),
  margin: z.number(),
  /** Which fixable noise triage saw, or `none`. */
  noise: z.string(),
  /** The first mistake on the way to the answer; null where no steps are on record, or none shows in them. */
  mistake: stepMistakeSchema.nullable().default(null),
});
export type Failure = z.infer<typeof failureSchema>;

/** Means of surface features, failing against passing traces of the same expected label. */
const profileSchema = z.array(
  z.strictObject({
    feature: z.string(),
    failing: z.number(),
    passing: z.number(),
    /** Standardised mean difference (Cohen's d). */ effect: z.number(),
  }),
);
export type SurfaceProfile = z.infer<typeof profileSchema>;

/** A group of failing traces with one root cause. Built from failures that train. */
export const clusterSchema = z.strictObject({
  clusterId: z.string(),
  title: z.string(),
  size: z.int(),
  cause: rootCauseSchema,
  fixability: z.enum(['fixable', 'external']),
  /**
   * The facets concerned, for a classification its labels: what was expected and what was answered instead; null where
   * mixed.
   */
  expected: z.string().nullable(),
  answered: z.string().nullable(),
  /** Key of the pattern that all of its failures show; null where they show several. */
  pattern: z.string().nullable(),
  /** Words that set the cluster's inputs apart, most telling first. */
  keywords: z.array(z.string()),
  profile: profileSchema,
  evidence: z.array(z.string()),
  traceIds: z.array(z.string()),
  /** A few of the traces nearest to the centre, for people to read. */
  exampleIds: z.array(z.string()),
});
export type Cluster = z.infer<typeof clusterSchema>;

export const taxonomySchema = z.strictObject({
  clusters: z.array(clusterSchema),
  /** Failures in no cluster. */
  unclustered: z.int(),
  confusions: z.array(confusionSchema),
  causes: z.record(z.string(), z.int()),
  /** What the failures that train have too much of and lack; absent where the analyst does not count it. */
  excess: excessSchema.optional(),
});
export type Taxonomy = z.infer<typeof taxonomySchema>;
