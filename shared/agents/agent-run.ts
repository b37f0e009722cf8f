import { z } from 'zod';

/** Whose work an agent or a judge does, and what all of them may use, as their files have it. */
export const agentRunSchema = z.strictObject({
  runId: z.string(),
  modelId: z.string(),
  seed: z.int(),
  allowance: z.strictObject({
    turns: z.int(),
    turnsOfOne: z.int(),
    analyzerOutputTokens: z.int(),
    microUsd: z.int().nullable(),
  }),
});
