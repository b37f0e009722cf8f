import { z } from 'zod';
import type { ChatAnswer, ChatToolCall } from '../../ports/chat-model.ts';
import { chatFault } from './chat-fault.ts';
import { openAiUsageSchema } from './openai-usage.ts';

/** What of an answer is read. Servers leave out much of what OpenAI sends. */
const answerSchema = z.object({
  choices: z
    .array(
      z.object({
        message: z.object({
          content: z.string().nullish(),
          refusal: z.string().nullish(),
          tool_calls: z
            .array(
              z.object({
                id: z.string().nullish(),
                function: z.object({ name: z.string(), arguments: z.union([z.string(), z.json()]).nullish() }),
              }),
            )
            .nullish(),
        }),
        finish_reason: z.string().nullish(),
      }),
    )
    .min(1),
  usage: openAiUsageSchema.nullish(),
});

/** Characters that make a token at the least, where a server does not count tokens. */
const charactersPerToken = 3;

/**
 * Reads an answer of `POST …/chat/completions`.
 * @param asked characters of the request: where the server counts no tokens, they are estimated, too many rather than too few
 * @throws RatchetError ChatRefused when it is no such answer
 */
export function openAiAnswer(given: unknown, asked: number): ChatAnswer {
  const read = answerSchema.safeParse(given);
  const choice = read.data?.choices[0];
  if (!read.success || choice === undefined) {
    const said = `it does not answer as an OpenAI-compatible endpoint does (does its URL end in /v1?): ${JSON.stringify(given)?.slice(0, 200)}`;
    throw chatFault('ChatRefused', said, read.error);
  }
  const { message, finish_reason: reason } = choice;
  const text = message.content ?? '';
  const toolCalls = (message.tool_calls ?? []).map(
    ({ id, function: { name, arguments: args } }, at): ChatToolCall => ({
      id: id ?? `call-${at + 1}`,
      name,
      arguments: typeof args === 'string' ? args : JSON.stringify(args ?? {}),
    }),
  );
  const written = text.length + toolCalls.reduce((sum, call) => sum + call.arguments.length, 0);
  const usage = read.data.usage;
  return {
    text,
    toolCalls,
    end: endOf(reason, (message.refusal ?? '') !== '', toolCalls.length > 0),
    usage: {
      inputTokens: usage?.prompt_tokens ?? estimated(asked),
      cachedInputTokens: usage?.prompt_tokens_details?.cached_tokens ?? 0,
      outputTokens: usage?.completion_tokens ?? estimated(written),
    },
  };
}

function endOf(reason: string | null | undefined, isRefused: boolean, callsTools: boolean): ChatAnswer['end'] {
  if (isRefused || reason === 'content_filter') return 'filtered';
  if (reason === 'length') return 'length';
  // Some servers end with `stop` after a tool that they were made to call.
  return callsTools ? 'tool-calls' : 'stop';
}

function estimated(characters: number): number {
  return Math.ceil(characters / charactersPerToken);
}
