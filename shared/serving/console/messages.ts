import { z } from 'zod';
import { decisionSchema, runSchema } from '../../domain/models/run.ts';

const count = z.int().nonnegative();
const moment = z.string().describe('ISO 8601');

const trafficSchema = z.strictObject({ traces: count, judged: count, failed: count, lastAt: moment.nullable() });

const scoreSchema = z.strictObject({
  value: z.number().describe('a fraction'),
  measuredBy: z.enum(['out-of-fold', 'cross-validation', 'holdout']),
});

/** A run in a line. */
export const runSummarySchema = z.strictObject({
  run: z.string(),
  status: runSchema.shape.status,
  decision: decisionSchema.nullable(),
  reason: z.string().nullable().describe('the decision in words, or what failed'),
  startedAt: moment,
  finishedAt: moment.nullable(),
  seed: z.int(),
});
export type RunSummary = z.infer<typeof runSummarySchema>;

const activeSchema = z.strictObject({ run: z.string(), until: moment.describe('when its lease ends') });

export const modelOverviewSchema = z.strictObject({
  model: z.string(),
  task: z.string(),
  labels: count.describe('labels, or other facets, that it knows'),
  champion: z.strictObject({ checkpoint: z.string(), since: moment, score: scoreSchema.nullable() }).nullable(),
  traffic: trafficSchema,
  lastRun: runSummarySchema.nullable(),
  active: activeSchema.nullable().describe('the run that is going on'),
  next: z.strictObject({ due: z.boolean(), reason: z.string() }).describe('whether a run would start by itself'),
});
export type ModelOverview = z.infer<typeof modelOverviewSchema>;

export const modelOverviewsSchema = z.strictObject({ models: z.array(modelOverviewSchema) });
export type ModelOverviews = z.infer<typeof modelOverviewsSchema>;

export const modelDetailSchema = modelOverviewSchema.extend({
  overTime: z.strictObject({
    days: count.describe('days of a stretch'),
    stretches: z.array(z.strictObject({ from: z.string(), traces: count, judged: count, failed: count })),
  }),
  sinceLastRun: trafficSchema,
  missing: z.strictObject({ failures: count, records: count }).describe('what a run lacks to decide, at least'),
  runs: count.describe('runs so far'),
  canRun: z.boolean().describe('whether a run can be started here'),
});
export type ModelDetail = z.infer<typeof modelDetailSchema>;
