import { BedrockRuntimeClient, ConverseCommand } from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { ChatAnswer, ChatModel, ChatPrices, ChatRequest } from '../../ports/chat-model.ts';
import type { Clock } from '../../ports/clock.ts';
import { bedrockAnswer } from './bedrock-answer.ts';
import { bedrockFault } from './bedrock-fault.ts';
import { type BedrockDialect, bedrockRequest } from './bedrock-request.ts';
import { withinDeadline } from './within-deadline.ts';

export interface BedrockChatOptions extends BedrockDialect {
  /** As the environment says where it is null. */
  readonly region: string | null;
  /** Another endpoint than that of the region; null for none. */
  readonly url: string | null;
  readonly window: number;
  readonly prices: ChatPrices;
  /** How often a request that was throttled or not answered is tried again. */
  readonly retries: number;
  readonly clock: Clock;
}

/** A chat model of Amazon Bedrock, asked by Converse with the credentials of the environment. */
export function createBedrockChat(options: BedrockChatOptions): ChatModel {
  const { model, region, url, window, prices, retries, clock } = options;
  const client = new BedrockRuntimeClient({
    ...(region === null ? {} : { region }),
    ...(url === null ? {} : { endpoint: url }),
    maxAttempts: retries + 1,
    // The client's own choice is HTTP/2, which neither emulators nor proxies speak; an answer that comes whole needs none.
    requestHandler: new NodeHttpHandler({}),
  });
  return {
    name: model,
    window,
    prices,
    async answer(request: ChatRequest, deadline: number): Promise<ChatAnswer> {
      try {
        const command = new ConverseCommand(bedrockRequest(request, options));
        const given = await withinDeadline(deadline, clock, (abortSignal) => client.send(command, { abortSignal }));
        return bedrockAnswer(given, request);
      } catch (error) {
        throw bedrockFault(error);
      }
    },
  };
}
