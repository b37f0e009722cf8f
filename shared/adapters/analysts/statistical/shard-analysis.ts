import { z } from 'zod';
import { failureSchema } from '../../../domain/diagnosis/taxonomy.ts';

const momentsSchema = z.strictObject({ count: z.number(), mean: z.number(), m2: z.number() });
const countsSchema = z.record(z.string(), z.number());

/** The passing records of one facet of the right output; of a classification, of one label. */
const passingLabelSchema = z.strictObject({
  count: z.int(),
  /** By surface feature. */
  features: z.record(z.string(), momentsSchema),
  /** The champion's margins. */
  margins: momentsSchema,
  /** How many inputs hold each word; cut to the commonest 2,000. */
  words: countsSchema,
  /** A sample by digest, so that samples of shards merge into a sample of all. */
  sample: z.array(z.strictObject({ traceId: z.string(), input: z.string() })),
  /** Digests of the inputs' word sets, different ones only: near-identical inputs have the same. */
  signatures: z.array(z.string()),
});

/** What one shard of records that train says; mergeable with that of other shards. */
export const shardAnalysisSchema = z.strictObject({
  shardId: z.string(),
  failures: z.array(failureSchema),
  /** Passing records by facet; a record of several counts under each. */
  passes: z.record(z.string(), passingLabelSchema),
  /** How many of the shard's passing inputs hold each word, for telling words apart; cut to the commonest 20,000. */
  passingWords: countsSchema,
  /** Passing records by the noise that triage saw (`none` included). */
  passingNoise: countsSchema,
  /** Passing records by length: histogram over `round(4 · log2(1 + words))`. */
  passingLengths: countsSchema,
});
export type ShardAnalysis = z.infer<typeof shardAnalysisSchema>;
export type PassingLabel = z.infer<typeof passingLabelSchema>;
