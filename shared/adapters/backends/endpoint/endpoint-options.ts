import { z } from 'zod';

/** The variable of the environment that holds an endpoint's key, unless another is named. */
export const endpointKeyVariable = 'RATCHET_ENDPOINT_KEY';

const dollars = z.number().nonnegative();

const wrongPrices =
  'must be INPUT,CACHED,OUTPUT, US dollars for a million tokens that are read, read from a cache, written: for example 0.15,0.075,0.6';

/** `INPUT,CACHED,OUTPUT`, as RATCHET_CHAT_PRICES has them. */
const pricesSchema = z.preprocess(
  (given, context) => {
    // A number alone is one price of three.
    if (typeof given !== 'string' && typeof given !== 'number') return given;
    const parts = String(given).split(',');
    const [input, cachedInput, output] = parts.map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
    if (parts.length === 3 && [input, cachedInput, output].every((price) => (price ?? -1) >= 0))
      return { input, cachedInput, output };
    context.addIssue({ code: 'custom', message: wrongPrices, input: given });
    return z.NEVER;
  },
  z.strictObject({ input: dollars, cachedInput: dollars, output: dollars }),
);

/** What every endpoint may be told of. */
export const commonEndpointOptions = {
  /** Requests under way at once. */
  concurrency: z.int().min(1).max(64).default(4),
  /** How often a request that was throttled or not answered is tried again. */
  retries: z.int().min(0).max(10).default(4),
  /** How long one try may take. */
  timeoutSeconds: z.number().min(1).max(600).default(60),
};

/** How an OpenAI-compatible endpoint is asked. Its key is no part of it: only the name of the variable that holds it. */
export const openAiEndpointSchema = z.strictObject({
  /** Up to and including `/v1`. */
  url: z
    .url({ protocol: /^https?$/ })
    .max(500)
    // What is no URL at all has been said.
    .refine((url) => !URL.canParse(url) || (new URL(url).username === '' && new URL(url).password === ''), {
      error: 'must hold no user and no password: a key comes from the environment',
    })
    .refine((url) => !/[?#]/.test(url), { error: 'must end with its path: no "?" and no "#"' }),
  /** As the endpoint calls it. */
  model: z.string().min(1).max(500),
  /** What it is told before each input; `""` for nothing at all; what the task asks for where it is absent. */
  system: z.string().max(20_000).nullable().default(null),
  /** The most tokens of an answer. */
  maxTokens: z.int().min(1).max(32_768).default(256),
  ...commonEndpointOptions,
  /** US dollars for a million tokens: read, read from a cache, written. */
  prices: pricesSchema.default({ input: 0, cachedInput: 0, output: 0 }),
  /** Whether its answers are held to a JSON schema where the task has one; one that writes its reasoning first may not be. */
  schema: z.boolean().default(true),
  limitField: z.enum(['max_tokens', 'max_completion_tokens']).default('max_tokens'),
  /** Whether the model takes a temperature; some that reason refuse one. */
  temperature: z.boolean().default(true),
  /** The variable of the environment that holds the key. */
  keyVariable: z
    .string()
    .regex(/^RATCHET_[A-Z0-9_]*KEY$/, 'must be named RATCHET_…KEY')
    .default(endpointKeyVariable),
});
export type OpenAiEndpoint = z.infer<typeof openAiEndpointSchema>;
