import { z } from 'zod';
import { customPatternProblem } from '../redaction/custom-pattern.ts';

const customPatternSchema = z.string().superRefine((written, context) => {
  const problem = customPatternProblem(written);
  if (problem !== null) context.addIssue({ code: 'custom', message: problem });
});

/** So many clusters fit into the state of a run. */
export const mostClusters = 100;

/** The numbers a run goes by; kept with the model, pinned by each run. Rates are fractions. */
export const settingsSchema = z.strictObject({
  /** τ: a candidate with this score ends the run; it opens and shuts no rule of the gate. */
  targetScore: z.number().min(0).max(1).default(0.96),
  /**
   * How sure the gate must be of a gain. `normal`: with 95 % certainty above −0.25 points; `bold`: above −0.5 points;
   * `strict`: better by the exact one-sided McNemar test at α.
   */
  caution: z.enum(['strict', 'normal', 'bold']).default('normal'),
  /** max(absolute, fraction × records): how many answers may be lost net on the records of earlier promotions. */
  memoryAbsolute: z.int().nonnegative().default(2),
  memoryFraction: z.number().min(0).max(1).default(0.01),
  /** Facets (labels, entity types) that may lose nothing net. */
  critical: z.array(z.string().min(1)).readonly().default([]),
  /** Records of a critical facet without which nobody can tell whether it falls. */
  enoughCritical: z.int().nonnegative().default(20),
  /** α of the one-sided paired test that `strict` caution asks for. */
  alpha: z.number().positive().max(0.5).default(0.05),
  /** The smallest gain in score that counts as progress. */
  smallestGain: z.number().nonnegative().default(0.002),
  /** Failures after triage, and judged records in all, that a decision needs. */
  enoughFailures: z.int().nonnegative().default(20),
  enoughRecords: z.int().nonnegative().default(50),
  /** Share of traffic that is neither trained nor decided by, for the report alone. */
  reportShare: z.number().min(0).max(0.5).default(0),
  maxIterations: z.int().min(1).max(20).default(6),
  /** 0 asks no probes: every cluster counts as unproven. */
  probesPerCluster: z.int().min(0).max(100).default(12),
  /**
   * Passing traces looked up for each failure, see `CurriculumPlan`; 0 makes no slice of hard negatives: what passed
   * trains as gold.
   */
  hardNegativesPerFailure: z.int().min(0).max(100).default(8),
  smallestCluster: z.int().min(2).default(5),
  snapshotLimit: z.int().positive().max(1_000_000).default(100_000),
  /** At least what a renewal takes, at most a week. */
  leaseMinutes: z.number().min(0.01).max(10_080).default(15),
  /** Traces that are answered and judged together; more where a snapshot would have more than 100 such chunks. */
  chunkSize: z.int().positive().default(10_000),
  /** Traces a shard of the failure analysis; more where there would be more than 100 shards. */
  shardSize: z.int().positive().default(5_000),
  /** Clusters that get probes and a curriculum of their own, largest first; the rest are pooled. */
  maxClusters: z.int().positive().max(mostClusters).default(40),
  /** Traces judged to fail since the last run that start another one where runs start by themselves. */
  runAfterFailures: z.int().positive().default(50),
  /**
   * Judged traces of the champion's time that its usual failure rate is taken from, before deterioration is watched
   * for.
   */
  deteriorationBaseline: z.int().min(20).default(200),
  /** h of the CUSUM on the failure rate, in nats: lower sees deterioration sooner and errs more often. */
  deteriorationThreshold: z.number().positive().default(5),
  /** What is replaced before anything of a trace is stored; nothing by default. */
  redact: z
    .array(z.enum(['email', 'phone', 'card', 'iban', 'ip']))
    .readonly()
    .default([])
    .describe('what is replaced by placeholders before a trace is stored; nothing by default'),
  redactPatterns: z
    .array(customPatternSchema)
    .readonly()
    .default([])
    .describe('patterns of your own to replace, each NAME=EXPRESSION, such as CUSTOMER=CU-\\d{6,8}'),
});
export type Settings = z.infer<typeof settingsSchema>;
export const defaultSettings: Settings = settingsSchema.parse({});
