import { z } from 'zod';
import { traceIdSchema } from '../domain/base/ids.ts';
import { jsonSchema } from '../domain/base/json.ts';
import { outputSchema } from '../domain/base/output.ts';
import { calibrationSchema } from '../domain/evaluation/calibration.ts';
import { judgeSchema, verdictSchema } from '../domain/traces/judgement.ts';
import { timestampSchema } from '../domain/traces/trace.ts';

/** Inputs, or judgements, in one request. */
export const mostItems = 1_000;

/** Of a request's metadata as JSON: it is kept with each of its traces. */
const mostMetadataBytes = 8_192;

const metadataSchema = z
  .record(z.string(), jsonSchema)
  .refine((metadata) => Buffer.byteLength(JSON.stringify(metadata)) <= mostMetadataBytes, {
    message: `must have at most ${mostMetadataBytes} bytes as JSON`,
  });

const asked = {
  metadata: metadataSchema.optional().describe(`kept with each trace; at most ${mostMetadataBytes} bytes as JSON`),
  topK: z.int().min(1).max(100).optional().describe('name so many of the most probable outputs as `alternatives`'),
  abstainBelow: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('give no output below this confidence; it then stands in `wouldBe`'),
  record: z.boolean().default(true).describe('whether the answer is kept as a trace, to be judged later'),
};

export const oneInputSchema = z.strictObject({ input: z.string().describe('the text'), ...asked });
export const inputsSchema = z.strictObject({ inputs: z.array(z.string()).min(1).max(mostItems), ...asked });
export const predictionRequestSchema = z.union([oneInputSchema, inputsSchema]);
export type PredictionRequest = z.infer<typeof predictionRequestSchema>;

export const servedPredictionSchema = z.strictObject({
  traceId: traceIdSchema.nullable().describe('by which it is judged later; null where it is not kept'),
  output: outputSchema.nullable().describe('null for an input without text, and where it abstained'),
  confidence: z.number().describe('probability of the output, a fraction'),
  calibrated: z
    .number()
    .optional()
    .describe(
      'share of such answers that were right on judged traces which the model had not seen, a fraction; left out where no run has found it',
    ),
  alternatives: z.array(z.strictObject({ output: outputSchema, confidence: z.number() })).optional(),
  abstained: z.boolean().optional(),
  wouldBe: outputSchema.nullable().optional(),
  checkpoint: z
    .string()
    .optional()
    .describe('that answered, where it is not the champion: its predecessor, while a new champion is tried out'),
});
export type ServedPrediction = z.infer<typeof servedPredictionSchema>;

const answeredBy = { model: z.string(), checkpoint: z.string().describe('that answered') };

export const predictionResponseSchema = z.union([
  z.strictObject({ ...servedPredictionSchema.shape, ...answeredBy }).describe('to one `input`'),
  z
    .strictObject({ ...answeredBy, predictions: z.array(servedPredictionSchema) })
    .describe('to `inputs`, in their order'),
]);

/** A judge as a request names it: who asks, where the server knows them and nobody else is named. */
const feedbackJudgeSchema = z.strictObject({
  ...judgeSchema.shape,
  id: judgeSchema.shape.id.optional().describe('who asks, by default, where the server knows their name'),
});

export const oneFeedbackSchema = z
  .strictObject({
    traceId: traceIdSchema,
    verdict: verdictSchema.optional(),
    expected: outputSchema.optional().describe('the right output, in the form of the model’s task'),
    judge: feedbackJudgeSchema.describe('who says so'),
    timestamp: timestampSchema.optional().describe('when it was said; now by default'),
  })
  .refine(
    ({ verdict, expected }) => verdict !== undefined || expected !== undefined,
    'say a verdict, or what is expected',
  );

export const manyFeedbackSchema = z.strictObject({ feedback: z.array(oneFeedbackSchema).min(1).max(mostItems) });
export const feedbackRequestSchema = z.union([oneFeedbackSchema, manyFeedbackSchema]);
export type Feedback = z.infer<typeof oneFeedbackSchema>;

export const feedbackResponseSchema = z.strictObject({
  accepted: z.int().describe('judgements that are kept; they count from the next run on'),
});

export const modelListSchema = z.strictObject({
  models: z.array(z.strictObject({ model: z.string(), task: z.string(), champion: z.string().nullable() })),
});

export const callerSchema = z.strictObject({
  name: z.string().nullable().describe('of who asks; null where the server knows nobody by name'),
  signsAs: z.string().nullable().describe('the one name in which they may judge and review; null for any'),
});

const pastSchema = z.strictObject({ runId: z.string(), checkpointId: z.string(), ece: z.number(), n: z.int() });

export const calibrationResponseSchema = z.strictObject({
  checkpointId: z.string().describe('the champion'),
  overall: calibrationSchema.shape.overall,
  classEce: calibrationSchema.shape.classEce,
  labels: calibrationSchema.shape.labels.describe('by what was answered; no figures of fewer than 20 answers'),
  history: z.array(pastSchema).describe('by run, oldest first, of the champion after it'),
});

export const healthSchema = z.strictObject({
  status: z.enum(['ok', 'stopping']),
  waiting: z.int().describe('inputs that are being answered'),
});

/** A fault, as RFC 9457 has it. */
export const problemSchema = z.strictObject({
  type: z.string(),
  title: z.string().describe('the name of the fault'),
  status: z.int(),
  detail: z.string(),
  mend: z.string().optional().describe('what to do'),
});
export type Problem = z.infer<typeof problemSchema>;
