import { z } from 'zod';

const dollars = z.number().nonnegative().default(0);

const common = {
  /** As the endpoint calls it; on Bedrock the id of a model or of an inference profile, or an ARN. */
  model: z.string().min(1).max(500),
  /** Tokens that request and answer may have together; what Ollama serves unless it is told otherwise. */
  window: z.int().min(256).default(4_096),
  /** US dollars for a million tokens; nothing, as for a model of one's own, by default. */
  prices: z
    .strictObject({ input: dollars, cachedInput: dollars, output: dollars })
    .default({ input: 0, cachedInput: 0, output: 0 }),
  /** How the model is held to a schema: by its own means, or by a tool that it is made to call. */
  schema: z.enum(['native', 'tool']).default('native'),
  /** Whether the model takes a temperature; some that reason refuse one. */
  temperature: z.boolean().default(true),
  /** How often a request that was throttled or not answered is tried again. */
  retries: z.int().min(0).max(10).default(4),
};

/** Which chat model there is. The key is no part of it: it comes from the environment or from a secret, and is never stored. */
export const chatConfigurationSchema = z.discriminatedUnion('provider', [
  z.strictObject({
    provider: z.literal('openai'),
    /** Of any endpoint that speaks OpenAI's protocol, up to and including `/v1`. */
    url: z.url({ protocol: /^https?$/ }),
    ...common,
    limitField: z.enum(['max_tokens', 'max_completion_tokens']).default('max_tokens'),
  }),
  z.strictObject({
    provider: z.literal('bedrock'),
    /** As the environment says where it is absent. */
    region: z
      .string()
      .regex(/^[a-z0-9-]+$/)
      .optional(),
    /** Another endpoint than that of the region. */
    url: z.url({ protocol: /^https?$/ }).optional(),
    ...common,
    /** Whether the model keeps what it has read; see the model's page. */
    promptCaching: z.boolean().default(false),
  }),
]);
export type ChatConfiguration = z.infer<typeof chatConfigurationSchema>;
