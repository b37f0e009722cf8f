import { z } from 'zod';
import { outputSchema } from '../../domain/base/output.ts';
import { agreementSchema } from '../../domain/evaluation/judge-alignment.ts';
import { judgeSchema, verdictSchema } from '../../domain/traces/judgement.ts';

/** What a judge says of an answer, as files have it. */
export const judgedAnswerSchema = z.strictObject({
  traceId: z.string(),
  verdict: verdictSchema,
  expected: outputSchema.nullable(),
  judge: judgeSchema,
});

const spentSchema = z.strictObject({ inputTokens: z.number(), outputTokens: z.number(), usd: z.number() });

/** What a judge that must agree with people says of one chunk: it counts once all chunks are there. */
export const chunkVerdictsSchema = z.strictObject({
  name: z.string(),
  /** Of answers that nobody's judgement settles. */
  said: z.array(judgedAnswerSchema),
  /** On answers that people have judged. */
  agreement: agreementSchema,
  unusable: z.int(),
  trouble: z.string().nullable(),
  spent: spentSchema,
});
export type ChunkVerdicts = z.infer<typeof chunkVerdictsSchema>;

/** What came of a judge in a run. */
const judgeReportSchema = z.strictObject({
  name: z.string(),
  agreement: agreementSchema,
  /** Whether its verdicts count, and why. */
  counts: z.boolean(),
  why: z.string(),
  /** Answers that nobody else judged, and how many of them it passed. */
  said: z.strictObject({ of: z.int(), passes: z.int() }),
  unusable: z.int(),
  trouble: z.string().nullable(),
  spent: spentSchema,
});
export type JudgeReport = z.infer<typeof judgeReportSchema>;

export const judgesFileSchema = z.strictObject({
  judge: judgeReportSchema.nullable(),
  secondOpinion: judgeReportSchema.nullable(),
});
export type JudgesFile = z.infer<typeof judgesFileSchema>;
