import { z } from 'zod';
import { idSchema, traceIdSchema } from '../base/ids.ts';
import { outputSchema } from '../models/task.ts';
import { judgeSchema, verdictSchema } from './judgement.ts';

export const timestampSchema = z.iso.datetime({ offset: true });

export const stepSchema = z.strictObject({
  type: z.enum(['reasoning', 'tool_call', 'tool_result', 'message']),
  name: z.string().optional(),
  input: z.unknown().optional(),
  output: z.unknown().optional(),
  timestamp: timestampSchema.optional(),
  durationMs: z.number().nonnegative().optional(),
});

const traceFields = {
  traceId: traceIdSchema,
  timestamp: timestampSchema,
  modelId: idSchema,
  checkpointId: z.string().min(1).max(200).optional(),
  /** Text as it reached the model; may be empty. */
  input: z.string(),
  /** The model's answer; null when it gave none. */
  output: outputSchema.nullable(),
  /** Raw confidence of the model, a fraction. */
  confidence: z.number().min(0).max(1).optional(),
  steps: z.array(stepSchema).optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
};

/** One recorded inference. */
export const traceSchema = z.strictObject(traceFields);
export type Trace = z.infer<typeof traceSchema>;

/** One line of an ingested file: a trace and, when it was judged already, its judgement. */
export const traceLineSchema = z.strictObject({
  ...traceFields,
  verdict: verdictSchema.optional(),
  /** The corrected output. */
  expected: outputSchema.optional(),
  judge: judgeSchema.optional(),
});
export type TraceLine = z.infer<typeof traceLineSchema>;
