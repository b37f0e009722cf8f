import { z } from 'zod';
import { decisionSchema, runSchema } from '../../domain/models/run.ts';
import { transcriptSummarySchema } from '../../operations/transcript.ts';

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
  canRun: z.boolean().describe('whether who asks can start a run here'),
});
export type ModelDetail = z.infer<typeof modelDetailSchema>;

export const driftMessageSchema = z.strictObject({
  drift: z
    .strictObject({
      headline: z.string(),
      traces: count.describe('looked at since the champion began'),
      counted: count.describe('of them, those that count: of a burst of near-duplicates one'),
      signals: z.array(
        z.strictObject({
          name: z.string(),
          words: z.string().nullable().describe('its figures at first and now; null of too few'),
          level: z.number().describe('of the evidence now; at 1 a change is proven'),
          seenAt: z.string().nullable().describe('when it was first proven'),
          levels: z.array(z.strictObject({ at: z.string(), level: z.number() })).describe('by look, oldest first'),
        }),
      ),
    })
    .nullable()
    .describe('null without a champion, and where drift is not looked for'),
});
export type DriftMessage = z.infer<typeof driftMessageSchema>;

export const runListSchema = z.strictObject({ runs: z.array(runSummarySchema).describe('newest first') });
export type RunList = z.infer<typeof runListSchema>;

export const startRunSchema = z.strictObject({
  seed: z.int().nonnegative().optional().describe('1 by default, or that of the run that goes on'),
});

export const startedRunSchema = z.strictObject({
  model: z.string(),
  run: z.string().nullable().describe('its name, where it has one already'),
});
export type StartedRun = z.infer<typeof startedRunSchema>;

export const loopGraphSchema = z.strictObject({
  stages: z.array(
    z.strictObject({
      name: z.string(),
      each: z.string().nullable().describe('what it is done once for each of: `chunk`, `cluster`; null for once'),
      what: z.string().describe('what it does'),
      column: count.describe('stages that come before it at least'),
    }),
  ),
  edges: z.array(
    z.strictObject({ from: z.string(), to: z.string(), back: z.boolean().describe('whether it begins another turn') }),
  ),
});
export type LoopGraph = z.infer<typeof loopGraphSchema>;

export const runProgressSchema = z.strictObject({
  run: runSummarySchema,
  turn: count.describe('iteration that is under way, or was the last'),
  stages: z.array(
    z.strictObject({
      name: z.string(),
      state: z.enum(['done', 'now', 'failed', 'ahead', 'passed-by']),
      items: count.describe('completed in the present iteration'),
      turns: count.describe('iterations in which it was done'),
    }),
  ),
});
export type RunProgress = z.infer<typeof runProgressSchema>;

const rateSchema = z.strictObject({ right: count, of: count, lower: z.number(), upper: z.number() });
export type Rate = z.infer<typeof rateSchema>;

const shownAnswerSchema = z.strictObject({ output: z.string().nullable(), right: z.boolean() });

/** A trace with its answers as people read them; untrusted. */
export const exampleTextSchema = z.strictObject({
  traceId: z.string(),
  input: z.string().describe('its beginning, where it is long'),
  expected: z.string().nullable(),
  before: shownAnswerSchema,
  after: shownAnswerSchema.nullable(),
});
export type ExampleTextMessage = z.infer<typeof exampleTextSchema>;

const gateSchema = z.strictObject({
  rules: z.array(z.strictObject({ rule: z.string(), title: z.string(), passed: z.boolean(), detail: z.string() })),
  groups: count,
  gained: count,
  lost: count,
  net: z.number().describe('a fraction'),
  lower: z.number().describe('its one-sided 95 % lower bound'),
  margin: z.number().nullable().describe('how far that bound may lie below zero; null where the paired test is asked'),
  pValue: z.number(),
  test: z.string(),
  memory: z.array(
    z.strictObject({ title: z.string(), size: count, right: count, lost: count, gained: count, allowed: count }),
  ),
  fallen: z.array(
    z.strictObject({
      facet: z.string(),
      records: count,
      gained: count,
      lost: count,
      pValue: z.number(),
      proven: z.boolean(),
    }),
  ),
});
export type GateMessage = z.infer<typeof gateSchema>;

export const runReportSchema = z.strictObject({
  headline: z.string(),
  why: z.string().nullable(),
  reason: z.string().describe('as the loop has it on record'),
  nextSteps: z.array(z.string()),
  words: z.strictObject({ facet: z.string(), facets: z.string() }),
  traffic: z.strictObject({ traces: count, passes: count, failures: count, unknown: count }),
  evidence: z.array(z.strictObject({ name: z.string(), have: count, need: count })),
  figures: z.array(
    z.strictObject({ name: z.string(), title: z.string(), meaning: z.string(), before: rateSchema, after: rateSchema }),
  ),
  championScore: z.number().nullable(),
  decidedOn: z.string().nullable(),
  candidates: z.array(
    z.strictObject({
      candidate: z.string(),
      iteration: count,
      checkpoint: z.string(),
      dataset: z.string(),
      mode: z.string(),
      score: z.number(),
      outcome: z.string(),
      gained: count,
      lost: count,
      net: z.number(),
      lower: z.number(),
    }),
  ),
  gate: gateSchema.nullable().describe('of the candidate decided on'),
  facets: z.array(z.strictObject({ facet: z.string(), before: rateSchema, after: rateSchema })).describe('recall'),
  triage: z.array(z.strictObject({ category: z.string(), kind: z.string(), count, example: z.string() })),
  regressed: z.array(exampleTextSchema),
  datasets: z.array(z.string()),
});
export type RunReport = z.infer<typeof runReportSchema>;

export const runDetailSchema = z.strictObject({
  run: runSummarySchema,
  champions: z.strictObject({ before: z.string(), after: z.string().nullable() }),
  failure: z.strictObject({ name: z.string(), cause: z.string(), mend: z.string() }).nullable(),
  report: runReportSchema.nullable().describe('null before the run has ended, and where its files are gone'),
});
export type RunDetail = z.infer<typeof runDetailSchema>;

const clusterInRunSchema = z.strictObject({
  run: z.string(),
  startedAt: moment,
  size: count.describe('failing traces of it; 0 where the run found none'),
  of: count.describe('judged traces of that run'),
});

export const failureClusterSchema = z.strictObject({
  identity: z.string().describe('the same for the same failure in every run'),
  title: z.string(),
  cause: z.string(),
  fixability: z.enum(['fixable', 'external']),
  expected: z.string().nullable(),
  answered: z.string().nullable(),
  keywords: z.array(z.string()),
  evidence: z.array(z.string()),
  size: count,
  history: z.array(clusterInRunSchema).describe('oldest first, one for each run that looked'),
  mended: z.strictObject({ mended: count, failing: count }).nullable().describe('by the candidate decided on'),
  probes: z
    .strictObject({
      verdict: z.string(),
      probes: count,
      failed: count,
      lower: z.number(),
      upper: z.number(),
      baseRate: z.number(),
      reason: z.string(),
    })
    .nullable(),
  examples: z.array(exampleTextSchema),
});
export type FailureCluster = z.infer<typeof failureClusterSchema>;

export const failuresSchema = z.strictObject({
  run: runSummarySchema.nullable().describe('that the clusters are of; null where none has looked for failures'),
  judged: count,
  failing: count,
  unclustered: count,
  notes: z.array(z.string()),
  clusters: z.array(failureClusterSchema).describe('largest first'),
  gone: z.array(failureClusterSchema).describe('found by an earlier run, and not by this one'),
});
export type Failures = z.infer<typeof failuresSchema>;

const bandSchema = z.strictObject({
  slice: z.string(),
  title: z.string(),
  examples: count,
  share: z.number(),
  lower: z.number(),
  upper: z.number(),
  met: z.boolean(),
  reason: z.string(),
});

export const datasetSummarySchema = z.strictObject({
  dataset: z.string(),
  mode: z.string(),
  meaning: z.string(),
  run: z.string().nullable(),
  iteration: count,
  createdAt: moment,
  examples: count,
  trained: z.array(z.string()).describe('checkpoints that were trained on it'),
  ofChampion: z.boolean(),
  bands: z.array(bandSchema),
  controls: z.array(z.strictObject({ name: z.string(), wanted: z.string(), measured: z.string(), met: z.boolean() })),
  leftOut: z.array(z.strictObject({ why: z.string(), count })),
  notes: z.array(z.string()),
});
export type DatasetSummary = z.infer<typeof datasetSummarySchema>;

export const datasetListSchema = z.strictObject({ datasets: z.array(datasetSummarySchema).describe('newest first') });
export type DatasetList = z.infer<typeof datasetListSchema>;

export const curriculumExampleSchema = z.strictObject({
  id: z.string(),
  input: z.string().describe('its beginning, where it is long'),
  output: z.string(),
  weight: z.number(),
  slice: z.string(),
  from: z.string().describe('kind of its provenance: `trace`, `parent`, `file`, `probe`, `synthesis`'),
  why: z.string().describe('its provenance in words'),
  traceId: z.string().nullable(),
});
export type CurriculumExample = z.infer<typeof curriculumExampleSchema>;

export const curriculumSchema = z.strictObject({
  total: count.describe('that meet what was asked'),
  next: count.nullable().describe('`after` of the next page'),
  examples: z.array(curriculumExampleSchema),
});
export type CurriculumPage = z.infer<typeof curriculumSchema>;

export const lineageSchema = z.strictObject({
  champion: z.string().nullable(),
  checkpoints: z.array(
    z.strictObject({
      checkpoint: z.string(),
      parent: z.string().nullable(),
      dataset: z.string(),
      run: z.string().nullable(),
      createdAt: moment,
      score: scoreSchema.nullable(),
      champion: z.boolean(),
      wasChampion: z.boolean(),
    }),
  ),
  moves: z.array(
    z.strictObject({
      at: moment,
      from: z.string().nullable(),
      to: z.string(),
      kind: z.enum(['create', 'promote', 'rollback']),
      by: z.string(),
      reason: z.string(),
    }),
  ),
});
export type LineageMessage = z.infer<typeof lineageSchema>;

export const costsSchema = z.strictObject({
  runs: z.array(
    z.strictObject({
      run: runSummarySchema,
      seconds: z.number().nullable().describe('from begin to end'),
      stages: z
        .array(z.strictObject({ name: z.string(), turns: count, items: count, seconds: z.number() }))
        .describe('by the clock of whoever worked, from the end of the stage before; none where that was not kept'),
      roles: z.array(
        z.strictObject({
          role: z.string(),
          agents: count,
          turns: count,
          inputTokens: count,
          outputTokens: count,
          usd: z.number(),
        }),
      ),
    }),
  ),
});
export type Costs = z.infer<typeof costsSchema>;

export const sinceSchema = z.strictObject({
  compared: z
    .strictObject({
      judged: count,
      champion: rateSchema,
      predecessor: rateSchema.nullable(),
      gained: count,
      lost: count,
      missing: count.describe('independent judged traces that are needed to say anything'),
    })
    .nullable(),
});
export type Since = z.infer<typeof sinceSchema>;

export const transcriptListSchema = z.strictObject({
  transcripts: z.array(transcriptSummarySchema).describe('in the order of iteration, stage and item'),
});
export type TranscriptList = z.infer<typeof transcriptListSchema>;
