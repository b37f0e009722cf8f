import { z } from 'zod';

/** Tokens that a request has beyond its texts: what chat templates put around messages, and the end of an answer. */
const overhead = 200;
/** With more labels than this the question does not name them. */
const mostNamed = 100;

/** How a decoder is asked that is paid by the token. Prices are US dollars for a million tokens. */
export interface PaidAsking {
  /** Null where answers are written freely. */
  readonly labels: readonly string[] | null;
  /** Tokens of question and answer together. */
  readonly maxTokens: number;
  /** Tokens of an answer that is written freely. */
  readonly maxNewTokens: number;
  readonly usdPerMillionPrefilled: number;
  readonly usdPerMillionSampled: number;
}

/** `decoder` of an artifact's `artifact.json`; one without prices was made where none were configured. */
const artifactSchema = z.object({
  decoder: z
    .object({
      labels: z.array(z.string()).nullable(),
      max_tokens: z.int(),
      max_new_tokens: z.int(),
      usd_per_million_prefilled: z.number().default(0),
      usd_per_million_sampled: z.number().default(0),
    })
    .transform(
      (it): PaidAsking => ({
        labels: it.labels,
        maxTokens: it.max_tokens,
        maxNewTokens: it.max_new_tokens,
        usdPerMillionPrefilled: it.usd_per_million_prefilled,
        usdPerMillionSampled: it.usd_per_million_sampled,
      }),
    ),
});

/** How what an artifact holds is asked. @param about its `artifact.json` @throws ZodError where it says nothing of it */
export function paidAskingOf(about: unknown): PaidAsking {
  return artifactSchema.parse(about).decoder;
}

/**
 * The most that answers cost, US dollars: no tokenizer makes more tokens of a text than it has bytes, and of a
 * classification each label is asked for by itself, with a token that is made beside.
 * @returns null where no price is known
 */
export function mostAnswersUsd(asking: PaidAsking, inputs: readonly string[]): number | null {
  const { labels, maxTokens, maxNewTokens, usdPerMillionPrefilled, usdPerMillionSampled } = asking;
  if (usdPerMillionPrefilled === 0 && usdPerMillionSampled === 0) return null;
  const named = labels === null || labels.length > mostNamed ? 0 : bytesOf(labels.join(', '));
  const usdOf = (input: string): number => {
    const question = overhead + named + bytesOf(input);
    if (labels === null)
      return Math.min(maxTokens, question) * usdPerMillionPrefilled + maxNewTokens * usdPerMillionSampled;
    const asked = labels.map((label) => Math.min(maxTokens, question + bytesOf(label)));
    const prefilled = asked.reduce((sum, tokens) => sum + tokens, 0);
    return prefilled * usdPerMillionPrefilled + labels.length * usdPerMillionSampled;
  };
  return inputs.reduce((sum, input) => sum + usdOf(input), 0) / 1e6;
}

/**
 * The most that a training costs which is paid by the token, US dollars, of one model.
 * @param bytes of all inputs and outputs together, as UTF-8
 */
export function mostTrainingUsd(
  {
    maxTokens,
    epochs,
    usdPerMillionTokens,
  }: { readonly maxTokens: number; readonly epochs: number; readonly usdPerMillionTokens: number },
  labels: readonly string[] | null,
  { examples, bytes }: { readonly examples: number; readonly bytes: number },
): number {
  const named = labels === null || labels.length > mostNamed ? 0 : bytesOf(labels.join(', '));
  const tokens = Math.min(examples * maxTokens, bytes + examples * (overhead + named));
  return (tokens * epochs * usdPerMillionTokens) / 1e6;
}

function bytesOf(text: string): number {
  return Buffer.byteLength(text);
}
