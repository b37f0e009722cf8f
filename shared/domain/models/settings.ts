import { z } from 'zod';
import { customPatternProblem } from '../redaction/custom-pattern.ts';

const customPatternSchema = z.string().superRefine((written, context) => {
  const problem = customPatternProblem(written);
  if (problem !== null) context.addIssue({ code: 'custom', message: problem });
});

/** So many clusters fit into the state of a run. */
export const mostClusters = 100;

/**
 * The numbers a run goes by; kept with the model, pinned by each run. Rates are fractions. The descriptions are what the
 * command line, its messages and docs/settings.md say of them.
 */
export const settingsSchema = z.strictObject({
  targetScore: z
    .number()
    .min(0)
    .max(1)
    .default(0.96)
    .describe('τ: a candidate with this score ends the run; it opens and shuts no rule of the gate'),
  caution: z
    .enum(['strict', 'normal', 'bold'])
    .default('normal')
    .describe(
      'how sure the gate must be of a gain; normal: with 95 % certainty above −0.25 points; bold: above −0.5 points; strict: proven better at alpha, by the exact one-sided McNemar test, or the sign-flip test where answers can be right in part',
    ),
  memoryAbsolute: z
    .int()
    .nonnegative()
    .default(2)
    .describe(
      'how many answers may be lost net on the records of earlier promotions, or the fraction, if that is more',
    ),
  memoryFraction: z
    .number()
    .min(0)
    .max(1)
    .default(0.01)
    .describe('what fraction of the records of earlier promotions may be lost net'),
  critical: z
    .array(z.string().min(1))
    .readonly()
    .default([])
    .describe('labels (entity types, …) that may lose nothing net'),
  confirmed: z
    .array(z.string().min(1))
    .readonly()
    .default([])
    .describe(
      'what one judge alone says against the first examples and is meant so, as a report names it: LABEL > OTHER where such texts are of another label now, word WORD > LABEL where the word means the label',
    ),
  enoughCritical: z
    .int()
    .nonnegative()
    .default(20)
    .describe('records of a critical label without which nobody can tell whether it falls'),
  alpha: z
    .number()
    .positive()
    .max(0.5)
    .default(0.05)
    .describe('α of the one-sided paired test that strict caution asks for'),
  smallestGain: z.number().nonnegative().default(0.002).describe('the smallest gain in score that counts as progress'),
  enoughFailures: z.int().nonnegative().default(20).describe('failures after triage that a decision needs'),
  enoughRecords: z.int().nonnegative().default(50).describe('judged records in all that a decision needs'),
  reportShare: z
    .number()
    .min(0)
    .max(0.5)
    .default(0)
    .describe('share of traffic that is neither trained nor decided by, for the report alone'),
  maxIterations: z.int().min(1).max(20).default(6).describe('train-and-evaluate rounds a run'),
  probesPerCluster: z
    .int()
    .min(0)
    .max(100)
    .default(12)
    .describe('probes that test each cluster of failures; 0 asks none: every cluster counts as unproven'),
  hardNegativesPerFailure: z
    .int()
    .min(0)
    .max(100)
    .default(8)
    .describe(
      'passing traces looked up for each failure; 0 makes no slice of hard negatives: what passed trains as gold',
    ),
  smallestCluster: z.int().min(2).default(5).describe('failures that make a cluster of their own'),
  snapshotLimit: z
    .int()
    .positive()
    .max(1_000_000)
    .default(100_000)
    .describe('traces that a run looks at, the newest ones; on AWS no more than its functions go through'),
  leaseMinutes: z
    .number()
    .min(0.01)
    .max(10_080)
    .default(15)
    .describe('how long a run that tells nothing keeps others out, in minutes; at least what a renewal takes'),
  chunkSize: z
    .int()
    .positive()
    .default(10_000)
    .describe(
      'traces that are answered and judged together; more where a snapshot would have more than 100 such chunks',
    ),
  shardSize: z
    .int()
    .positive()
    .default(5_000)
    .describe('traces a shard of the failure analysis; more where there would be more than 100 shards'),
  maxClusters: z
    .int()
    .positive()
    .max(mostClusters)
    .default(40)
    .describe('clusters that get probes and a curriculum of their own, largest first; the rest are pooled'),
  runAfterFailures: z
    .int()
    .positive()
    .default(50)
    .describe(
      'traces judged to fail, or known failures that were corrected, since the last run that start another one, where runs start by themselves',
    ),
  deteriorationBaseline: z
    .int()
    .min(20)
    .default(200)
    .describe(
      'judged traces of the champion’s time that its usual failure rate is taken from, before deterioration is watched for',
    ),
  deteriorationThreshold: z
    .number()
    .positive()
    .default(5)
    .describe('h of the CUSUM on the failure rate, in nats: lower sees deterioration sooner and errs more often'),
  drift: z
    .enum(['off', 'warn', 'run'])
    .default('warn')
    .describe(
      'what follows when the traffic is proven to have changed since the champion began; warn: it is told, and the review queue shows what to judge; run: a run begins too, where runs do by themselves',
    ),
  driftLevel: z
    .number()
    .min(0.001)
    .max(0.5)
    .default(0.05)
    .describe('chance that the traffic of a champion is ever said to have changed while it has not'),
  afterPromotion: z
    .enum(['off', 'shadow', 'canary'])
    .default('shadow')
    .describe(
      'how a new champion is watched, to be moved back once it is proven worse; shadow: its predecessor is asked about the judged traces too; canary: of the requests to a server it answers a share alone, its predecessor the rest',
    ),
  canaryShare: z
    .number()
    .min(0.01)
    .max(0.99)
    .default(0.2)
    .describe('share of the requests that a new champion answers as a canary, from the next promotion on'),
  watchFor: z
    .int()
    .positive()
    .default(3_000)
    .describe('judged traces after a promotion over which the new champion is watched'),
  agentTurns: z
    .int()
    .positive()
    .default(500)
    .describe('turns that the agents of a run may take together, where its analyst is one of agents'),
  agentTurnsColdStart: z
    .int()
    .positive()
    .default(1_500)
    .describe('the same while the champion is the model’s first checkpoint'),
  subAgentTurns: z.int().positive().default(1_000).describe('turns that one agent may take'),
  analyzerOutputTokens: z
    .int()
    .positive()
    .default(100_000)
    .describe('tokens that an agent may write that analyzes one shard of traces'),
  rubric: z
    .string()
    .max(8_000)
    .default('')
    .describe(
      'what counts as a right answer, in words, for a judge that is a language model; empty: what the task says',
    ),
  judgeLimit: z
    .int()
    .nonnegative()
    .max(100_000)
    .default(1_000)
    .describe(
      'answers without a judgement that a run asks a language model about, chosen at random; and so many of each candidate in an iteration',
    ),
  agreementSample: z
    .int()
    .nonnegative()
    .max(10_000)
    .default(200)
    .describe(
      'answers that people judged which a run asks a language model about too, to see whether it agrees; half of them passes',
    ),
  reviewsWanted: z
    .int()
    .min(1)
    .max(10)
    .default(1)
    .describe('people who should judge each card of the review queue before it is done'),
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
