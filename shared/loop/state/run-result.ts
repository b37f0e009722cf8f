import { z } from 'zod';
import { idSchema } from '../../domain/base/ids.ts';
import { decisionSchema } from '../../domain/models/run.ts';
import { decisionRefSchema } from './decision.ts';
import { taxonomyRefSchema, weaknessRefSchema } from './diagnosis.ts';
import { itemIdSchema, lineageIdSchema, mostTrainings, objectKeySchema, reasonSchema } from './limits.ts';
import { preparedSchema } from './run-plan.ts';
import { keptSplitSchema } from './split.ts';
import { stageHead } from './stage-head.ts';
import { finalTestRefSchema } from './test-result.ts';
import { triagedSchema } from './triaged.ts';

export const reportInputSchema = z.strictObject({
  ...stageHead,
  prepared: preparedSchema,
  triaged: triagedSchema,
  split: keptSplitSchema,
  /** Null keys where the run ended before there was anything to find. */
  taxonomy: taxonomyRefSchema.extend({ taxonomyKey: taxonomyRefSchema.shape.taxonomyKey.nullable() }),
  weaknesses: z.array(weaknessRefSchema),
  decision: decisionRefSchema,
  finalTest: finalTestRefSchema,
});
export type ReportInput = z.infer<typeof reportInputSchema>;

/** What a run ends with; rates are fractions. */
export const runResultSchema = z.strictObject({
  run: idSchema,
  decision: decisionSchema,
  /** The decision by the gate's evidence, in a line for people. */
  headline: reasonSchema,
  /** Why the champion stays, for people; null after a promotion. */
  why: reasonSchema.nullable(),
  /** Why, as the loop has it on record. */
  reason: reasonSchema,
  /** The champion after the run. */
  champion: lineageIdSchema,
  /** Why the new champion is not deployed where the model says, and how to deploy it; absent where nothing failed. */
  notDeployed: reasonSchema.optional(),
  /**
   * Out of fold, of the champion before and the candidate decided on: score of all `traffic`, and share right of the
   * champion's `failures` and `passes`; of the `report` share, where there is one. Null where none was trained.
   */
  scores: z.strictObject({
    before: z.record(itemIdSchema, z.number()),
    after: z.record(itemIdSchema, z.number()).nullable(),
  }),
  /** Independent records that only the candidate decided on, or only the champion, has right; null without one. */
  gain: z
    .strictObject({
      of: z.int(),
      gained: z.int(),
      lost: z.int(),
      /** Records of which more, and of which less, is right, where an answer can be right in part; `net` is of parts then. */
      partly: z.strictObject({ more: z.int(), less: z.int() }).optional(),
      net: z.number(),
      lower: z.number(),
    })
    .nullable(),
  /**
   * What the candidate decided on has lost and gained of what earlier promotions froze; `lostNet` where records can be
   * right in part, as many whole ones' worth.
   */
  memory: z.record(
    itemIdSchema,
    z.strictObject({ lost: z.int(), gained: z.int(), lostNet: z.number().optional(), allowed: z.int(), of: z.int() }),
  ),
  /** Traces that a person should judge; review.jsonl beside the report has them. */
  review: z.int().nonnegative().default(0),
  /** What agents did in the run, by role and stage; empty where there were none. */
  agents: z
    .array(
      z.strictObject({
        role: itemIdSchema,
        /** Results of before have none. */
        stage: itemIdSchema.optional(),
        agents: z.int(),
        /** How many of them gave something that counts. */
        counted: z.int(),
        /** Calls, and parts of what they proposed, that were refused. */
        refused: z.int(),
        /** Why they ended, with how many; results of before do not say. */
        ended: z.record(itemIdSchema, z.int()).optional(),
        turns: z.int(),
        inputTokens: z.int(),
        outputTokens: z.int(),
        usd: z.number(),
      }),
    )
    .max(24)
    .default([]),
  /** What came of judges that must agree with people: `judge` and `second-opinion`, where there are any. */
  judges: z
    .record(
      itemIdSchema,
      z.strictObject({
        counts: z.boolean(),
        tpr: z.number(),
        tnr: z.number(),
        said: z.int(),
        unusable: z.int(),
        usd: z.number(),
      }),
    )
    .default({}),
  /** What trainings and the answers of endpoints took; agents and judges are counted apart. */
  costs: z
    .strictObject({
      trainings: z
        .array(z.strictObject({ checkpoint: lineageIdSchema, seconds: z.number(), usd: z.number() }))
        .max(mostTrainings),
      answers: z
        .strictObject({ inputs: z.int(), inputTokens: z.int(), outputTokens: z.int(), usd: z.number() })
        .nullable(),
      usd: z.number(),
    })
    .default({ trainings: [], answers: null, usd: 0 }),
  /** Object key of the HTML report. */
  report: objectKeySchema,
});
export type RunResult = z.infer<typeof runResultSchema>;
