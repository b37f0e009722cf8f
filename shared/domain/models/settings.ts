import { z } from 'zod';

/** So many clusters fit into the state of a run. */
export const mostClusters = 100;

/** The numbers a run goes by; kept with the model, pinned by each run. Rates are fractions. */
export const settingsSchema = z.strictObject({
  /** τ: a candidate with this score passes the gate's first rule. */
  targetScore: z.number().min(0).max(1).default(0.96),
  /** ε = max(absolute, fraction × set size): regressions allowed on a set. */
  regressionsAbsolute: z.int().nonnegative().default(2),
  regressionsFraction: z.number().min(0).max(1).default(0.01),
  /** The fraction for the traffic of the run itself, as far as twice as many failures are mended there. */
  regressionsFractionOutweighed: z.number().min(0).max(1).default(0.02),
  /** α of the one-sided paired test. */
  alpha: z.number().positive().max(0.5).default(0.05),
  /** The smallest gain in score that counts as progress. */
  smallestGain: z.number().nonnegative().default(0.002),
  enoughFailures: z.int().nonnegative().default(20),
  enoughTraffic: z.int().nonnegative().default(50),
  enoughRegression: z.int().nonnegative().default(50),
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
  regressionSetLimit: z.int().positive().default(1_000),
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
});
export type Settings = z.infer<typeof settingsSchema>;
export const defaultSettings: Settings = settingsSchema.parse({});
