import { z } from 'zod';
import { ChatServer, type RecordedResponse, type SeenRequest } from './chat-server.ts';

const bodySchema = z.looseObject({
  model: z.string(),
  messages: z.array(z.object({ role: z.string(), content: z.string() })),
  logprobs: z.boolean().optional(),
  response_format: z.unknown().optional(),
});

/** What a request to an endpoint says. */
export function requestOf(seen: SeenRequest): z.infer<typeof bodySchema> & { readonly input: string } {
  const body = bodySchema.parse(JSON.parse(seen.body));
  return { ...body, input: body.messages.at(-1)?.content ?? '' };
}

/**
 * An answer as vLLM and llama.cpp give it, with the log probabilities of its tokens where they are told.
 * @param tokens with the probability of each, or a text
 */
export function completionOf(
  text: string,
  tokens: readonly (readonly [string, number])[] = [],
  end = 'stop',
): RecordedResponse {
  return {
    status: 200,
    body: JSON.stringify({
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1_767_225_600,
      model: 'small',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: text },
          finish_reason: end,
          logprobs:
            tokens.length === 0
              ? null
              : {
                  content: tokens.map(([token, probability]) => ({
                    token,
                    logprob: Math.log(probability),
                    bytes: [...Buffer.from(token)],
                    top_logprobs: [],
                  })),
                },
        },
      ],
      usage: { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 },
    }),
  };
}

/** A server on loopback that answers every input as a function says, as JSON with a label. */
export async function startLabelEndpoint(labelOf: (input: string) => string): Promise<ChatServer> {
  const server = await ChatServer.start();
  server.respond((seen) => completionOf(JSON.stringify({ label: labelOf(requestOf(seen).input) })));
  return server;
}
