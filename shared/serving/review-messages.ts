import { z } from 'zod';
import { traceIdSchema } from '../domain/base/ids.ts';
import { outputSchema } from '../domain/base/output.ts';
import { reviewerSchema, reviewKindSchema } from '../domain/review/review-entry.ts';
import { whyKindSchema } from '../domain/review/why.ts';
import { judgeKindSchema, verdictSchema } from '../domain/traces/judgement.ts';

/** Cards on one page, and in one action. */
export const mostCards = 1_000;
/** Traces that one action may judge. */
export const mostJudged = 10_000;

export const reviewQueueQuerySchema = z.strictObject({
  reviewer: reviewerSchema
    .optional()
    .describe('who looks: what they have judged is left out, what they deferred comes last'),
  limit: z.coerce.number().int().min(1).max(mostCards).default(50).describe('cards on the page'),
  after: z.string().max(40).optional().describe('`next` of the page before'),
  label: z.string().max(200).optional().describe('only cards whose output, or right output, is about it'),
  reason: whyKindSchema.optional().describe('only cards with this reason'),
});

const claimSchema = z.strictObject({
  reviewer: z.string().describe('untrusted, as all names are'),
  until: z.string().describe('ISO 8601'),
});

const reviewSchema = z.strictObject({
  reviewer: z.string(),
  verdict: verdictSchema.nullable(),
  expected: outputSchema.nullable(),
  at: z.string(),
});

export const reviewCardSchema = z.strictObject({
  cardId: z.string(),
  traceId: traceIdSchema.describe('of the trace that is shown'),
  like: z.int().describe('near-duplicates with the same output that the card stands for, itself not counted'),
  likeIds: z.array(traceIdSchema).describe('of these the first 50'),
  input: z.string().describe('untrusted text'),
  output: outputSchema.nullable(),
  confidence: z.number().nullable().describe('probability of the output, a fraction'),
  verdict: verdictSchema.nullable().describe('by the judgement that counts'),
  expected: outputSchema.nullable().describe('the right output by that judgement'),
  judges: z.array(
    z.strictObject({
      kind: judgeKindSchema,
      id: z.string(),
      verdict: verdictSchema.nullable(),
      expected: outputSchema.nullable(),
      reason: z.string(),
    }),
  ),
  why: z.array(z.strictObject({ kind: whyKindSchema, text: z.string() })).describe('most telling first'),
  suggestions: z
    .array(z.strictObject({ output: outputSchema, share: z.number() }))
    .describe('what the champion would answer, most probable first'),
  at: z.string().describe('when the model answered, ISO 8601'),
  claim: claimSchema.nullable().describe('who works on it'),
  reviews: z.array(reviewSchema).describe('what people have said'),
});
export type ReviewCard = z.infer<typeof reviewCardSchema>;

export const reviewQueueSchema = z.strictObject({
  total: z.int().describe('cards that fit the question, on all pages'),
  next: z.string().nullable().describe('`after` of the next page; null on the last'),
  labels: z.array(z.string()).describe('labels or entity types that the model knows'),
  task: z.string(),
  cards: z.array(reviewCardSchema),
});
export type ReviewQueue = z.infer<typeof reviewQueueSchema>;

export const reviewClaimRequestSchema = z.strictObject({
  reviewer: reviewerSchema,
  cardIds: z.array(z.string().min(1).max(100)).min(1).max(mostCards),
});
export const reviewClaimResponseSchema = z.strictObject({
  claimed: z.array(z.string()).describe('cards that are the reviewer’s for ten minutes'),
  held: z.array(z.strictObject({ cardId: z.string(), ...claimSchema.shape })).describe('cards that others work on'),
});
export type ReviewClaimResponse = z.infer<typeof reviewClaimResponseSchema>;

export const reviewPreviewRequestSchema = z.strictObject({ traceId: traceIdSchema, expected: outputSchema });
const similarTraceSchema = z.strictObject({
  traceId: traceIdSchema,
  input: z.string(),
  output: outputSchema.nullable(),
  similarity: z.number().describe('cosine, a fraction'),
});
export const reviewPreviewResponseSchema = z.strictObject({
  threshold: z.number().describe('similarity from which on a correction propagates; 1 is the same words alone'),
  precision: z
    .strictObject({ estimate: z.number(), lower: z.number(), n: z.int() })
    .nullable()
    .describe(
      'how often judged pairs at or above the threshold agree, with the lower end of its 95 % Wilson interval; null where there are too few to tell',
    ),
  like: z.array(similarTraceSchema).describe('near-duplicates of the trace that no person has judged'),
  propagated: z.array(similarTraceSchema).describe('what it would propagate to, most similar first, the first 50'),
  total: z.int().describe('how many it would propagate to'),
});
export type ReviewPreview = z.infer<typeof reviewPreviewResponseSchema>;

export const reviewActionRequestSchema = z
  .strictObject({
    reviewer: reviewerSchema,
    kind: reviewKindSchema.describe(
      'accept: the output is right; correct: it should be `expected`; reject: it is wrong, and nobody says what is right; defer: later',
    ),
    cards: z
      .array(
        z.strictObject({
          cardId: z.string().min(1).max(100),
          traceIds: z.array(traceIdSchema).min(1).max(mostJudged),
        }),
      )
      .min(1)
      .max(mostCards),
    expected: outputSchema.optional().describe('the right output, in the form of the model’s task'),
    propagate: z.boolean().default(false).describe('whether near neighbours that nobody judged get it too'),
    clientId: z.string().min(1).max(100).describe('made by the client: the same again changes nothing more'),
  })
  .refine(({ kind, expected }) => (kind === 'correct') === (expected !== undefined), {
    message: 'say what is expected with a correction, and with nothing else',
    path: ['expected'],
  })
  .refine(({ cards }) => cards.reduce((sum, { traceIds }) => sum + traceIds.length, 0) <= mostJudged, {
    message: `judge at most ${mostJudged} traces at once`,
    path: ['cards'],
  });

export const reviewActionResponseSchema = z.strictObject({
  actionId: z.string(),
  judged: z.int().describe('traces that the reviewer judged'),
  propagated: z.int().describe('traces that got the same since they are like them'),
  deferred: z.int().describe('cards'),
});
export type ReviewActionResponse = z.infer<typeof reviewActionResponseSchema>;

export const reviewUndoRequestSchema = z.strictObject({
  reviewer: reviewerSchema,
  actionId: z.string().min(1).max(100).optional().describe('the reviewer’s latest that is not undone by default'),
});
export const reviewUndoResponseSchema = z.strictObject({
  actionId: z.string(),
  kind: reviewKindSchema,
  judgements: z.int().describe('that count no more, propagated ones among them'),
  cards: z.array(z.string()),
});
export type ReviewUndoResponse = z.infer<typeof reviewUndoResponseSchema>;

export const reviewActionsQuerySchema = z.strictObject({
  reviewer: reviewerSchema.optional(),
  limit: z.coerce.number().int().min(1).max(mostCards).default(50),
});
export const reviewActionsSchema = z.strictObject({
  actions: z
    .array(
      z.strictObject({
        actionId: z.string(),
        reviewer: z.string(),
        kind: reviewKindSchema,
        cards: z.int(),
        judged: z.int(),
        propagated: z.int(),
        at: z.string(),
        undone: z.boolean(),
        expected: outputSchema.nullable(),
      }),
    )
    .describe('newest first'),
});
export type ReviewActions = z.infer<typeof reviewActionsSchema>;

export const reviewAgreementSchema = z.strictObject({
  reviewsWanted: z.int().describe('people that should judge each card'),
  pairs: z
    .array(
      z.strictObject({
        a: z.string(),
        b: z.string(),
        n: z.int().describe('traces that both judged'),
        kappa: z.number().nullable().describe('Cohen’s; null where it is not defined'),
        interval: z.strictObject({ lower: z.number(), upper: z.number() }).nullable().describe('95 %'),
      }),
    )
    .describe('pairs of people who judged the same traces'),
  reviewers: z.array(
    z.strictObject({
      reviewer: z.string(),
      judged: z.int().describe('traces, in actions that are not undone'),
      corrected: z.int(),
      accepted: z.int(),
      deferred: z.int(),
      undone: z.int().describe('actions'),
    }),
  ),
  waitingForSecond: z.int().describe('traces that some have judged and fewer than wanted'),
});
export type ReviewAgreement = z.infer<typeof reviewAgreementSchema>;
