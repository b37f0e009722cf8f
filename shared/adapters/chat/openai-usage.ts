import { z } from 'zod';

/** The tokens of an answer of `POST …/chat/completions`, as OpenAI tells them. */
export const openAiUsageSchema = z.object({
  prompt_tokens: z.int().nonnegative(),
  completion_tokens: z.int().nonnegative(),
  prompt_tokens_details: z.object({ cached_tokens: z.int().nonnegative().nullish() }).nullish(),
});
