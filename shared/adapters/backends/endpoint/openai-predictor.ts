import OpenAI, { APIConnectionError, APIError } from 'openai';
import { z } from 'zod';
import type { RatchetError } from '../../../domain/base/errors.ts';
import type { Served } from '../../../domain/models/served.ts';
import { costOf } from '../../../ports/chat-model.ts';
import { readEndpoint } from '../../../ports/endpoints.ts';
import { InputFault } from '../../../ports/input-fault.ts';
import type { Usage } from '../../../ports/long-work.ts';
import type { ObjectStore } from '../../../ports/object-store.ts';
import type { Prediction, Predictor } from '../../../ports/predictor.ts';
import { isFilteredPrompt, isTooLongPrompt, messageWithCauses } from '../../chat/openai-fault.ts';
import { openAiUsageSchema } from '../../chat/openai-usage.ts';
import { inParallel } from '../../local/in-parallel.ts';
import { boundedFetch } from './bounded-fetch.ts';
import { endpointFault } from './endpoint-fault.ts';
import { type OpenAiEndpoint, openAiEndpointSchema } from './endpoint-options.ts';
import { type Question, questionOf } from './question.ts';
import { confidenceOf } from './token-confidence.ts';

export interface OpenAiPredictorOptions {
  readonly objects: ObjectStore;
  /** Where keys of endpoints are. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What can be asked for beyond a text. A schema that is not strict is one that an answer may yet leave. */
interface Wish {
  readonly schema: 'strict' | 'loose' | null;
  readonly logprobs: boolean;
}

/** Most first; an endpoint that refuses one is asked for less. */
const ownWishes: readonly Wish[] = [
  { schema: 'strict', logprobs: true },
  { schema: 'strict', logprobs: false },
  { schema: null, logprobs: false },
];
/** The same with a schema that a person wrote: endpoints are strict about few of what a schema can say. */
const givenWishes: readonly Wish[] = [
  { schema: 'strict', logprobs: true },
  { schema: 'loose', logprobs: true },
  { schema: 'strict', logprobs: false },
  { schema: 'loose', logprobs: false },
  { schema: null, logprobs: false },
];

/** Tokens that a request has beyond its text: what servers put around messages. */
const overhead = 200;

const answerSchema = z.object({
  choices: z
    .array(
      z.object({
        message: z.object({ content: z.string().nullish() }),
        finish_reason: z.string().nullish(),
        logprobs: z
          .object({ content: z.array(z.object({ token: z.string(), logprob: z.number() })).nullish() })
          .nullish()
          .catch(null),
      }),
    )
    .min(1),
  usage: openAiUsageSchema.nullish().catch(null),
});

interface Asked {
  readonly client: OpenAI;
  readonly options: OpenAiEndpoint;
  readonly question: Question;
  readonly wishes: readonly Wish[];
  readonly key: string | null;
}

const noAnswer: Prediction = { output: null, confidence: 0, alternatives: [] };

/**
 * Asks a model behind any endpoint that speaks OpenAI's protocol: vLLM, llama.cpp, Ollama, Tinker. What it says is held
 * to the task as far as the endpoint can, and read with care: what is no output of the task is no answer.
 */
export function createOpenAiPredictor({
  objects,
  env,
}: OpenAiPredictorOptions): Pick<Required<Predictor>, 'predict' | 'mostCost'> {
  const known = new Map<string, Promise<Asked>>();
  const asked = ({ ref }: Served): Promise<Asked> => {
    const found = known.get(ref) ?? open(ref, objects, env);
    known.set(ref, found);
    found.catch(() => known.delete(ref));
    return found;
  };
  /** By endpoint, model and what is wished for: the most that it takes, as far as is known. */
  const taken = new Map<string, number>();
  return {
    async mostCost(served, inputs) {
      const { options, question } = await asked(served);
      const { prices, maxTokens } = options;
      const schema = question.schema?.given === true ? Buffer.byteLength(JSON.stringify(question.schema.schema)) : 0;
      const told = Buffer.byteLength(options.system ?? question.system) + schema + overhead;
      // No tokenizer makes more tokens of a text than it has bytes.
      const inputTokens = inputs.reduce((sum, input) => sum + Buffer.byteLength(input) + told, 0);
      const usage = { inputTokens, cachedInputTokens: 0, outputTokens: inputs.length * maxTokens };
      return costOf(usage, { ...prices, cachedInput: prices.input });
    },
    async predict(served, inputs, { onProgress, onUsage } = {}) {
      const endpoint = await asked(served);
      const name = JSON.stringify([endpoint.options.url, endpoint.options.model, endpoint.wishes]);
      let done = 0;
      return inParallel(inputs, endpoint.options.concurrency, async (input, place) => {
        const prediction = input.trim() === '' ? noAnswer : await answer(input, place, endpoint, name, taken, onUsage);
        done += 1;
        onProgress?.(done, inputs.length);
        return prediction;
      });
    },
  };
}

async function open(ref: string, objects: ObjectStore, env: OpenAiPredictorOptions['env']): Promise<Asked> {
  const { task, options: given } = await readEndpoint(ref, objects);
  const options = openAiEndpointSchema.parse(given);
  const key = (env[options.keyVariable] ?? '').trim();
  const asked = questionOf(task);
  const question = options.schema ? asked : { ...asked, schema: null };
  return {
    options,
    question,
    wishes: question.schema?.given === true ? givenWishes : ownWishes,
    key: key === '' ? null : key,
    client: new OpenAI({
      baseURL: options.url,
      // The client wants one, and reads others of its settings from the environment unless it is told.
      apiKey: key === '' ? 'none' : key,
      organization: null,
      project: null,
      maxRetries: options.retries,
      timeout: options.timeoutSeconds * 1_000,
      logLevel: 'off',
      fetch: boundedFetch,
    }),
  };
}

async function answer(
  input: string,
  place: number,
  endpoint: Asked,
  name: string,
  taken: Map<string, number>,
  onUsage?: (usage: Usage) => void,
): Promise<Prediction> {
  for (let rung = taken.get(name) ?? 0; ; rung = Math.max(rung + 1, taken.get(name) ?? 0)) {
    const wish = endpoint.wishes[rung];
    if (wish === undefined) throw new Error('an endpoint was asked for less than nothing');
    try {
      const answered = await ask(input, wish, endpoint, onUsage);
      // Only what mended a refusal is known to have been its reason, so that others are asked for less too.
      taken.set(name, Math.max(taken.get(name) ?? 0, rung));
      return answered;
    } catch (error) {
      // Of this text alone; to others the endpoint may well answer.
      if (isFilteredPrompt(error) || isTooLongPrompt(error)) return noAnswer;
      if (!isRefusal(error)) throw error instanceof APIError ? faultOf(error, endpoint) : error;
      if (rung === endpoint.wishes.length - 1) throw new InputFault(faultOf(error, endpoint), [place]);
    }
  }
}

/** Refused for what the request says, which may be what goes beyond a text. */
function isRefusal(error: unknown): error is APIError {
  return error instanceof APIError && [400, 404, 422, 501].includes(error.status ?? 0) && !saysNoModel(error);
}

function saysNoModel({ status, code, message }: APIError): boolean {
  return code === 'model_not_found' || (status === 404 && /model/i.test(message));
}

async function ask(
  input: string,
  wish: Wish,
  { client, options, question }: Asked,
  onUsage?: (usage: Usage) => void,
): Promise<Prediction> {
  const system = options.system ?? question.system;
  const request = {
    model: options.model,
    messages: [
      ...(system === '' ? [] : [{ role: 'system' as const, content: system }]),
      { role: 'user' as const, content: input },
    ],
    [options.limitField]: options.maxTokens,
    ...(options.temperature ? { temperature: 0 } : {}),
    seed: 1,
    ...(wish.logprobs ? { logprobs: true } : {}),
    ...(wish.schema !== null && question.schema !== null
      ? {
          response_format: {
            type: 'json_schema' as const,
            json_schema: {
              name: question.schema.name,
              schema: { ...question.schema.schema },
              strict: wish.schema === 'strict',
            },
          },
        }
      : {}),
  };
  const given = await client.chat.completions.create(request).catch((error: unknown) => {
    if (error instanceof APIError) throw error;
    const said = `its answer cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    throw endpointFault('EndpointRefused', nameOf(options), said, error);
  });
  const read = answerSchema.safeParse(given);
  const choice = read.data?.choices[0];
  if (!read.success || choice === undefined) {
    const said = `it does not answer as an OpenAI-compatible endpoint does (does its URL end in /v1?): ${JSON.stringify(given)?.slice(0, 200)}`;
    throw endpointFault('EndpointRefused', nameOf(options), said, read.error);
  }
  const text = choice.message.content ?? '';
  const usage = read.data.usage;
  const used = {
    inputTokens: usage?.prompt_tokens ?? Buffer.byteLength(input + system),
    cachedInputTokens: usage?.prompt_tokens_details?.cached_tokens ?? 0,
    outputTokens: usage?.completion_tokens ?? Buffer.byteLength(text),
  };
  onUsage?.({
    inputTokens: used.inputTokens,
    outputTokens: used.outputTokens,
    usd: costOf({ ...used, cachedInputTokens: Math.min(used.cachedInputTokens, used.inputTokens) }, options.prices),
  });
  // What was cut off says something else than what was meant.
  const isWhole = choice.finish_reason !== 'length' && choice.finish_reason !== 'content_filter';
  const output = isWhole ? question.read(input, text) : null;
  if (output === null) return noAnswer;
  const said = question.closed && typeof output === 'string' ? output : null;
  const confidence = confidenceOf(text, choice.logprobs?.content ?? [], { closed: question.closed, said }) ?? 0;
  return { output, confidence, alternatives: [{ output, confidence }] };
}

function nameOf({ url, model }: OpenAiEndpoint): string {
  return `${model.slice(0, 100)} at ${url}`;
}

function faultOf(error: APIError, { options, key }: Asked): RatchetError {
  const said = messageWithCauses(error);
  const hidden = key === null ? said : said.replaceAll(key, '…');
  const { status } = error;
  const comesBack =
    error instanceof APIConnectionError ||
    status === undefined ||
    status >= 500 ||
    ([408, 409, 425, 429].includes(status) && error.code !== 'insufficient_quota');
  return endpointFault(comesBack ? 'EndpointUnavailable' : 'EndpointRefused', nameOf(options), hidden, undefined);
}
