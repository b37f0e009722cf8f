import { type ZodType, z } from 'zod';
import { idSchema, traceIdSchema } from '../base/ids.ts';
import { type Output, outputSchema } from '../base/output.ts';
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

/** @param output of the trace: the task kind's schema for what comes from outside, any output within the program */
const traceFields = (output: ZodType<Output>) => ({
  traceId: traceIdSchema,
  timestamp: timestampSchema,
  modelId: idSchema,
  checkpointId: z.string().min(1).max(200).optional(),
  /** Text as it reached the model; may be empty. */
  input: z.string(),
  /** The model's answer; null when it gave none. */
  output: output.nullable(),
  /** Raw confidence of the model, a fraction. */
  confidence: z.number().min(0).max(1).optional(),
  steps: z.array(stepSchema).optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
});

/** One recorded inference. */
export const traceSchema = z.strictObject(traceFields(outputSchema));
export type Trace = z.infer<typeof traceSchema>;

/**
 * One line of an ingested file: a trace and, when it was judged already, its judgement.
 * @param output the task kind's schema
 */
export function traceLineSchema(output: ZodType<Output>) {
  return z.strictObject({
    ...traceFields(output),
    verdict: verdictSchema.optional(),
    /** The corrected output. */
    expected: output.optional(),
    judge: judgeSchema
      .extend({
        /** When it was said; of several judgements of one judge the latest counts. */
        timestamp: timestampSchema.optional(),
      })
      .optional(),
  });
}
export type TraceLine = z.infer<ReturnType<typeof traceLineSchema>>;
